//! What follows when all was delivered: documents that are wanted whole, the logs, the end.

use super::{Phase, ServerRequest, ServerSession};
use crate::sync::log::{LogPage, LogRecord};
use crate::sync::message::{AnswerMessage, End};
use crate::sync::status::Status;

/// How long a device waits that holds what nothing is kept of, in seconds: somebody must look first.
const HELD_BACK_RETRY_S: u32 = 3_600;

impl ServerSession {
    /// Answers [`ServerRequest::ReadLog`]. A page that is not what was asked for is not sent; it ends the exchange as
    /// if storage were unavailable.
    pub fn handle_log(&mut self, page: LogPage) {
        let (Phase::Reading { asked }, Some(pulls)) = (&mut self.phase, &mut self.pulls) else { return };
        *asked = false;
        match pulls.page(page) {
            Ok(frames) => frames.into_iter().for_each(|frame| self.send(&AnswerMessage::Pull(frame))),
            Err(_) => self.stop_later(Status::Busy, None),
        }
    }

    /// Answers [`ServerRequest::ReadDocument`]. Records that are not changes of that document, in the order of the log,
    /// are not sent; they end the exchange as if storage were unavailable.
    pub fn handle_document(&mut self, records: Vec<LogRecord>) {
        let (Phase::Reading { asked }, Some(pulls)) = (&mut self.phase, &mut self.pulls) else { return };
        *asked = false;
        match pulls.whole(records) {
            Ok(frames) => frames.into_iter().for_each(|frame| self.send(&AnswerMessage::Whole(frame))),
            Err(_) => self.stop_later(Status::Busy, None),
        }
    }

    pub(super) fn read_log(&mut self) -> bool {
        let Some(pulls) = &mut self.pulls else { return self.stop(Status::Busy) };
        if let Some((scope, document)) = pulls.next_whole() {
            self.requests.push_back(ServerRequest::ReadDocument { scope, document });
            self.phase = Phase::Reading { asked: true };
            return true;
        }
        match pulls.next_read() {
            Some((scope, after, bytes_max)) => {
                self.requests.push_back(ServerRequest::ReadLog { scope, after, bytes_max });
                self.phase = Phase::Reading { asked: true };
            }
            None => {
                let scopes = pulls.take_ends();
                let held_back = (self.deliveries.held_back() > 0).then_some(HELD_BACK_RETRY_S);
                let retry_after_s = self.read_later_s.or(held_back);
                self.send(&AnswerMessage::End(End { status: Status::Ok, scopes, retry_after_s }));
                self.phase = Phase::Ended;
            }
        }
        true
    }
}
