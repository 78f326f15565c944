//! Listens to every answer the server sends, and tells when something travels that its receiver may not see.
//!
//! It looks at whole frames as they are decompressed: at the document of every record, and through all bytes for the
//! id, in bytes or in text, of any document of a scope that is not granted, and for the scope's name.

use std::collections::BTreeSet;

use jisr_sync_core::id::{DocumentId, ScopeId};
use jisr_sync_core::sync::{AnswerMessage, FrameReader, LogKind, Pull, PulledRecord, StreamLimits, Whole, limits};

use super::ledger::Ledger;

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

    /// Lets its receiver see these scopes too: they were granted while the answer was under way.
    pub fn allow(&mut self, scopes: impl IntoIterator<Item = ScopeId>) {
        self.granted.extend(scopes);
    }

    /// Takes in the next bytes of the answer. The ledger says where each document lies.
    ///
    /// # Errors
    /// With what travelled that should not.
    pub fn hear(&mut self, bytes: &[u8], ledger: &Ledger) -> Result<(), String> {
        self.reader.push(bytes).map_err(|error| format!("the answer is too long: {error}"))?;
        while let Some((kind, payload)) = self.reader.next_frame().map_err(|error| error.to_string())? {
            let message = AnswerMessage::from_frame(kind, &payload).ok_or("a frame that nobody understands")?;
            if let AnswerMessage::Pull(Pull { records, .. }) | AnswerMessage::Whole(Whole { records, .. }) = &message {
                for record in records {
                    self.check_record(record, ledger)?;
                }
            }
            self.look_through(&payload, ledger)?;
        }
        Ok(())
    }

    /// What a record says goes to those who may read its scope; that it has come and left to those who could before.
    fn check_record(&self, record: &PulledRecord, ledger: &Ledger) -> Result<(), String> {
        let id = &record.document;
        let Some(scope) = ledger.scopes.get(id) else {
            return Err(format!("a record of {id} travels, which no crew made"));
        };
        let left =
            matches!(record.kind, LogKind::MovedIn | LogKind::MovedOut) && ledger.hides(id, &self.granted).is_none();
        if left || self.granted.contains(scope) {
            return Ok(());
        }
        Err(format!("{:?} of {id}, a record of {scope}, travels to a device that is not granted it", record.kind))
    }

    fn look_through(&self, payload: &[u8], ledger: &Ledger) -> Result<(), String> {
        let told = |id: DocumentId, scope: &ScopeId| {
            Err(format!("the id {id} of {scope} travels to a device that is not granted it"))
        };
        // All ids of a run begin with the same bytes of time, so that few places are worth looking at.
        let starts: BTreeSet<u8> = [ledger.scopes.first_key_value(), ledger.scopes.last_key_value()]
            .into_iter()
            .flatten()
            .map(|(id, _)| id.as_bytes()[0])
            .collect();
        for at in (0..payload.len()).filter(|at| starts.contains(&payload[*at])) {
            let window = payload.get(at..at + DocumentId::BYTES).unwrap_or_default();
            let hidden = DocumentId::from_slice(window).and_then(|id| Some((id, ledger.hides(&id, &self.granted)?)));
            if let Some((id, scope)) = hidden {
                return told(id, scope);
            }
        }
        for at in (0..payload.len()).filter(|at| payload[*at] == b'0') {
            let text = payload.get(at..at + 36).and_then(|window| std::str::from_utf8(window).ok());
            let id = text.and_then(|text| text.parse::<DocumentId>().ok().filter(|id| id.to_string() == text));
            if let Some((id, scope)) = id.and_then(|id| Some((id, ledger.hides(&id, &self.granted)?))) {
                return told(id, scope);
            }
        }
        self.look_for_names(payload, ledger)
    }

    fn look_for_names(&self, payload: &[u8], ledger: &Ledger) -> Result<(), String> {
        for kind in [&b"unit/"[..], b"province/"] {
            for at in payload.windows(kind.len()).enumerate().filter(|(_, window)| *window == kind).map(|(at, _)| at) {
                let name = payload[at..].split(|byte| !matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'/')).next();
                let name = name.and_then(|name| std::str::from_utf8(name).ok());
                let scope = name.and_then(|name| name.parse::<ScopeId>().ok());
                if let Some(scope) = scope.filter(|scope| ledger.names.contains(scope) && !self.granted.contains(scope))
                {
                    return Err(format!("the name {scope} travels to a device that is not granted it"));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jisr_sync_core::sync::{Chain, FrameWriter};

    use super::*;

    fn heard(body: Vec<u8>, of: &str) -> Result<(), String> {
        let granted: ScopeId = "unit/azilal-1".parse().unwrap();
        let hidden = DocumentId::from_bytes([9; 16]);
        let mine = DocumentId::from_bytes([8; 16]);
        let elsewhere: ScopeId = "unit/khouribga-1".parse().unwrap();
        let names = [elsewhere.clone(), granted.clone()].into();
        let scopes = [(hidden, elsewhere), (mine, granted.clone())].into();
        let ledger = Ledger { scopes, names, ..Ledger::default() };
        let document = if of == "mine" { mine } else { hidden };
        let record = PulledRecord { kind: LogKind::Change, document, body: body.into(), author: None, voucher: None };
        let pull = Pull { scope: 0, number: 1, chain: Chain::START, records: vec![record], authors: Vec::new() };
        let (kind, payload) = AnswerMessage::Pull(pull).to_frame();
        Spy::new([granted].into()).hear(&FrameWriter::new().write(kind, &payload), &ledger)
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
