//! Faults besides those of links: which, when, and to whom.

use jisr_server::registry::Fleet;
use jisr_server::storage::Storage;
use jisr_sync_core::time::UnixMillis;
use rand::RngExt;

use super::disk::{Image, SimDisk, Strike};
use super::phone::{Phone, PhoneLife};
use super::plan::Fault;
use super::world::{DAY, Event, HOUR, MINUTE, SECOND, World};

impl World {
    /// Plans the next fault.
    pub(super) fn plan_chaos(&mut self) {
        let mean = DAY / i64::from(self.plan.faults_a_day.max(1));
        let delay = self.rng.random_range(0..2 * mean);
        self.after(delay, Event::Chaos);
    }

    /// Lets one thing go wrong.
    pub(super) fn chaos(&mut self) {
        self.take_images();
        let disasters: Vec<Fault> = self.disasters().into_iter().collect();
        if disasters.is_empty() || self.healing {
            return;
        }
        let fault = disasters[self.rng.random_range(0..disasters.len())];
        let phone = self.rng.random_range(0..self.phones.len());
        match fault {
            Fault::ServerPower
            | Fault::ServerPowerInWrite
            | Fault::ServerWriteFails
            | Fault::ServerCallFails
            | Fault::ServerFull
            | Fault::ServerRestored
            | Fault::ServerFromBackup
            | Fault::RecordMoved => self.strike_base(fault),
            _ => self.strike_phone(fault, phone),
        }
    }

    fn take_images(&mut self) {
        let phone = self.rng.random_range(0..self.phones.len());
        if let Some(local) = self.phones[phone].local.clone()
            && let Ok(identity) = local.identity()
        {
            let life = (*identity.incarnation.as_bytes(), local.counters().boot);
            let image = self.phones[phone].disk.image();
            let images = &mut self.phones[phone].images;
            images.push((life, image));
            if images.len() > self.plan.images_max {
                images.remove(self.rng.random_range(0..images.len()));
            }
        }
        if self.base.running.is_some() {
            let image = self.base.disk.image();
            self.base_images.push(image);
            if self.base_images.len() > self.plan.images_max {
                self.base_images.remove(self.rng.random_range(0..self.base_images.len()));
            }
        }
    }

    fn strike_base(&mut self, fault: Fault) {
        let (nth, kept) = (self.rng.random_range(0..6), self.rng.random_ratio(1, 2));
        match fault {
            Fault::ServerPower => {
                let delay = self.rng.random_range(SECOND..2 * HOUR);
                self.base_off(delay);
            }
            Fault::ServerPowerInWrite => self.base.disk.arm(Some(Strike::Power { nth, kept })),
            Fault::ServerWriteFails => self.base.disk.arm(Some(Strike::Commit { nth, kept })),
            Fault::ServerCallFails => {
                let nth = self.rng.random_range(0..400);
                self.base.disk.arm(Some(Strike::Call(nth)));
            }
            Fault::ServerFull => {
                let more = self.rng.random_range(0..6_000);
                self.base.disk.leave_room(Some(more));
                let delay = self.rng.random_range(MINUTE..4 * HOUR);
                self.after(delay, Event::Room(None));
            }
            Fault::ServerFromBackup => {
                if !self.restore_backup() {
                    return;
                }
                self.restored = true;
            }
            Fault::RecordMoved => {
                if !self.move_record() {
                    return;
                }
            }
            _ => {
                if self.base_images.is_empty() {
                    return;
                }
                let image = self.base_images.swap_remove(self.rng.random_range(0..self.base_images.len()));
                self.base_off(5 * MINUTE);
                self.base.disk.put_back(image);
                // Whoever puts an image back that carries its own lease is to delete it, and may forget to.
                if self.rng.random_ratio(1, 2) {
                    self.base.lose_lease();
                }
                self.restored = true;
            }
        }
        self.fault(fault, "server");
    }

    fn strike_phone(&mut self, fault: Fault, phone: usize) {
        let (nth, kept) = (self.rng.random_range(0..5), self.rng.random_ratio(1, 2));
        match fault {
            Fault::PhonePower => {
                let delay = self.rng.random_range(SECOND..3 * HOUR);
                self.switch_off(phone, delay);
            }
            Fault::PhonePowerInWrite => self.phones[phone].disk.arm(Some(Strike::Power { nth, kept })),
            Fault::PhoneWriteFails => self.phones[phone].disk.arm(Some(Strike::Commit { nth, kept })),
            Fault::PhoneCallFails => {
                let nth = self.rng.random_range(0..60);
                self.phones[phone].disk.arm(Some(Strike::Call(nth)));
            }
            Fault::PhoneFull => {
                let more = self.rng.random_range(0..3_000);
                self.phones[phone].disk.leave_room(Some(more));
                let delay = self.rng.random_range(MINUTE..4 * HOUR);
                self.after(delay, Event::Room(Some(phone)));
            }
            Fault::ClockJump => self.jump(phone),
            Fault::OldImage | Fault::RecentImage => {
                if !self.put_back(phone, fault == Fault::OldImage) {
                    return;
                }
            }
            Fault::Rescoped => {
                if !self.rescope(phone) {
                    return;
                }
            }
            Fault::Revoked | Fault::Moved => {
                if !self.revoke(phone, fault == Fault::Moved) {
                    return;
                }
            }
            _ => {
                if !self.copy(phone) {
                    return;
                }
            }
        }
        self.fault(fault, &format!("phone {phone}"));
    }

    fn jump(&mut self, phone: usize) {
        let span = [3 * MINUTE, 8 * MINUTE, 5 * HOUR, 2 * DAY, 400 * DAY, 20 * 365 * DAY];
        let most = span[self.rng.random_range(0..span.len())];
        let ahead = self.rng.random_range(-most..=most);
        self.phones[phone].clock.set_ahead(ahead);
        let delay = self.rng.random_range(MINUTE..DAY);
        self.after(delay, Event::ClockRight(phone));
        self.plan_wake(phone);
    }

    /// Puts a phone back to an image; to one from before its last opening, or not. What it alone held and the image
    /// does not is gone.
    fn put_back(&mut self, phone: usize, old: bool) -> bool {
        let device = self.phones[phone].device;
        let Some(running) = &self.base.running else { return false };
        let mark = running.storage.device_mark(&device).ok().flatten();
        // It is opened once more before it calls.
        let noticed = |life: &PhoneLife| mark.as_ref().is_some_and(|mark| mark.is_past(&life.0, life.1 + 1));
        let fit = |(life, _): &(PhoneLife, Image)| noticed(life) == old;
        let fitting: Vec<usize> =
            (0..self.phones[phone].images.len()).filter(|at| fit(&self.phones[phone].images[*at])).collect();
        if !self.base_after_step() || fitting.is_empty() {
            return false;
        }
        let which = fitting[self.rng.random_range(0..fitting.len())];
        let (_, image) = self.phones[phone].images.swap_remove(which);
        for key in std::mem::take(&mut self.phones[phone].waiting).into_values() {
            if let Some(entry) = self.ledger.entries.get_mut(&key) {
                entry.may_be_gone = true;
            }
        }
        self.switch_off(phone, 2 * MINUTE);
        self.phones[phone].disk.put_back(image);
        self.phones[phone].hold = true;
        self.phones[phone].shift = None;
        self.phones[phone].doubtful = None;
        true
    }

    /// Ends a device's access; some hours later it is enrolled again.
    fn revoke(&mut self, phone: usize, moves: bool) -> bool {
        if self.phones[phone].joins.is_some() {
            return false;
        }
        let (device, now) = (self.phones[phone].device, UnixMillis(self.now()));
        let Some(running) = self.base.running.as_ref() else { return false };
        let _ = running.fleet.revoke_device(device, now);
        self.base_after_step();
        let here = self.phones[phone].unit.clone();
        let to = if moves { self.another_unit(phone).unwrap_or(here) } else { here };
        self.phones[phone].joins = Some(to);
        self.phones[phone].unsettled = true;
        let delay = self.rng.random_range(HOUR..10 * HOUR);
        self.after(delay, Event::Join(phone));
        true
    }

    /// Copies a phone's store onto a second phone.
    fn copy(&mut self, phone: usize) -> bool {
        if self.phones.len() > self.plan.phones + 1 || self.phones[phone].joins.is_some() {
            return false;
        }
        let seed = self.rng.random();
        let of = &mut self.phones[phone];
        of.unsettled = true;
        let disk = SimDisk::holding(of.disk.image());
        disk.cut_power();
        let mut second = Phone::new(self.time.clone(), of.unit.clone(), disk, seed);
        second.device = of.device;
        second.unsettled = true;
        let number = self.phones.len();
        self.phones.push(second);
        self.after(MINUTE, Event::PhoneOn(number, 0));
        self.plan_deed(number);
        true
    }

    /// There is room again on a disk that was full.
    pub(super) fn make_room(&mut self, phone: Option<usize>) {
        match phone {
            Some(phone) => self.phones[phone].disk.leave_room(None),
            None => self.base.disk.leave_room(None),
        }
    }
}
