//! Listens to every answer the server sends, and tells when something travels that its receiver may not see.
//!
//! It looks at whole frames as they are decompressed: at the document of every record, and through all bytes for the
//! id, in bytes or in text, of any document of a scope that is not granted, and for the scope's name.

use std::collections::{BTreeMap, BTreeSet};

use jisr_sync_core::id::{DocumentId, ScopeId};
use jisr_sync_core::sync::{AnswerMessage, FrameReader, Pull, StreamLimits, Whole, limits};

/// One answer's listener.
pub struct Spy {
    reader: FrameReader,
    granted: BTreeSet<ScopeId>,
}

impl Spy {
    /// A listener to an answer for a device that is granted these scopes.
    pub fn new(granted: BTreeSet<ScopeId>) -> Self {
        let limits = StreamLimits {
            bytes_max: limits::ANSWER_BYTES_MAX,
            decompressed_bytes_max: limits::ANSWER_DECOMPRESSED_BYTES_MAX,
        };
        Self { reader: FrameReader::new(limits), granted }
    }

    /// Takes in the next bytes of the answer. `scopes` says where each document lies.
    ///
    /// # Errors
    /// With what travelled that should not.
    pub fn hear(&mut self, bytes: &[u8], scopes: &BTreeMap<DocumentId, ScopeId>) -> Result<(), String> {
        self.reader.push(bytes).map_err(|error| format!("the answer is too long: {error}"))?;
        while let Some((kind, payload)) = self.reader.next_frame().map_err(|error| error.to_string())? {
            let message = AnswerMessage::from_frame(kind, &payload).ok_or("a frame that nobody understands")?;
            let (AnswerMessage::Pull(Pull { records, .. }) | AnswerMessage::Whole(Whole { records, .. })) = &message
            else {
                self.look_through(&payload, scopes)?;
                continue;
            };
            for record in records {
                self.check_document(&record.document, scopes)?;
            }
            self.look_through(&payload, scopes)?;
        }
        Ok(())
    }

    fn check_document(&self, id: &DocumentId, scopes: &BTreeMap<DocumentId, ScopeId>) -> Result<(), String> {
        match scopes.get(id) {
            Some(scope) if self.granted.contains(scope) => Ok(()),
            Some(scope) => Err(format!("a record of {scope} travels to a device that is not granted it")),
            None => Err(format!("a record of {id} travels, which no crew made")),
        }
    }

    fn look_through(&self, payload: &[u8], scopes: &BTreeMap<DocumentId, ScopeId>) -> Result<(), String> {
        let hidden: BTreeMap<&[u8], &ScopeId> = scopes
            .iter()
            .filter(|(_, scope)| !self.granted.contains(scope))
            .map(|(id, scope)| (id.as_bytes().as_slice(), scope))
            .collect();
        if hidden.is_empty() {
            return Ok(());
        }
        let texts: BTreeMap<String, &ScopeId> = scopes
            .iter()
            .filter(|(_, scope)| !self.granted.contains(scope))
            .map(|(id, scope)| (id.to_string(), scope))
            .collect();
        let told = |id: DocumentId, scope: &ScopeId| {
            Err(format!("the id {id} of {scope} travels to a device that is not granted it"))
        };
        // All ids of a run begin with the same two bytes of time.
        let starts: BTreeSet<u8> = hidden.keys().map(|id| id[0]).collect();
        for at in (0..payload.len()).filter(|at| starts.contains(&payload[*at])) {
            let window = payload.get(at..at + DocumentId::BYTES).unwrap_or_default();
            if let (Some(scope), Some(id)) = (hidden.get(window), DocumentId::from_slice(window)) {
                return told(id, scope);
            }
        }
        for at in (0..payload.len()).filter(|at| payload[*at] == b'0') {
            let text = payload.get(at..at + 36).and_then(|window| std::str::from_utf8(window).ok());
            if let Some((id, scope)) = text.and_then(|text| Some((text.parse().ok()?, texts.get(text)?))) {
                return told(id, scope);
            }
        }
        let names: BTreeSet<String> = hidden.values().map(ToString::to_string).collect();
        match names.iter().find(|name| payload.windows(name.len()).any(|window| window == name.as_bytes())) {
            Some(name) => Err(format!("the name {name} travels to a device that is not granted it")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use jisr_sync_core::sync::{Chain, FrameWriter, LogKind, Pull, PulledRecord};

    use super::*;

    fn heard(body: Vec<u8>, of: &str) -> Result<(), String> {
        let granted: ScopeId = "unit/azilal-1".parse().unwrap();
        let hidden = DocumentId::from_bytes([9; 16]);
        let mine = DocumentId::from_bytes([8; 16]);
        let scopes = [(hidden, "unit/khouribga-1".parse().unwrap()), (mine, granted.clone())].into();
        let document = if of == "mine" { mine } else { hidden };
        let record = PulledRecord { kind: LogKind::Change, document, body: body.into(), author: None, voucher: None };
        let pull = Pull { scope: 0, number: 1, chain: Chain::START, records: vec![record], authors: Vec::new() };
        let (kind, payload) = AnswerMessage::Pull(pull).to_frame();
        Spy::new([granted].into()).hear(&FrameWriter::new().write(kind, &payload), &scopes)
    }

    #[test]
    fn an_id_of_another_scope_is_heard_wherever_it_stands() {
        assert_eq!(heard(vec![1, 2, 3], "mine"), Ok(()));
        assert!(heard(vec![1, 2, 3], "hidden").is_err());
        assert!(heard([&[1][..], &[9; 16]].concat(), "mine").is_err());
        assert!(heard(DocumentId::from_bytes([9; 16]).to_string().into_bytes(), "mine").is_err());
        assert!(heard(b"at unit/khouribga-1.".to_vec(), "mine").is_err());
    }
}
