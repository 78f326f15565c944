//! The server writes: one group commit of what waits, and what each who waited is told.
//!
//! It takes the place of the writer's thread: the same committer, called when the world's time has come.

use jisr_server::sync::verdicts;
use jisr_server::writer::Written;
use rand::RngExt;

use super::base::Waiter;
use super::world::{Event, World};

impl World {
    /// The server writes what waits.
    pub(super) fn plan_commit(&mut self) {
        let delay = self.rng.random_range(0..400);
        self.after(delay, Event::Commit(self.base.life));
    }

    /// One group commit, and the answers it allows.
    pub(super) fn commit(&mut self, life: u64) {
        if self.base.life != life {
            return;
        }
        let Some(running) = self.base.running.as_mut().filter(|running| !running.queue.is_empty()) else { return };
        let size = running.queue.len();
        let answers = running.commit();
        let failed = answers.iter().filter(|(_, answer)| answer.is_err()).count();
        self.note(format!("commit of {size}, {failed} refused"));
        self.count("commits", 1);
        if !self.base_after_step() {
            return;
        }
        if self.restored && !self.ledger.moved.is_empty() {
            // A record that a server forgot lies where a device brings it to.
            self.look_where_moved_lie();
        }
        for (waiter, answer) in answers {
            let (id, place) = match waiter {
                Waiter::Exchange(id, place) => (id, place),
                Waiter::Parcel(id) => {
                    self.parcel_written(id, &answer);
                    continue;
                }
                Waiter::Move(document, to) => {
                    self.move_written(document, to, &answer);
                    continue;
                }
                Waiter::Nobody => continue,
            };
            let said = match answer {
                Ok(Written::Outcomes(outcomes)) => verdicts(outcomes),
                Ok(Written::Marked | Written::Relocated(_) | Written::Ruled(_)) => continue,
                Err(error) => Err(error.into()),
            };
            let flight = self.flights.get_mut(&id).filter(|flight| flight.base_life == life);
            if let Some(conversation) = flight.and_then(|flight| flight.conversation.as_mut()) {
                conversation.handle_stored(place, said);
                self.pump(id);
            }
        }
    }
}
