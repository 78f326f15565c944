### What the command lines say.

## Shared by the command lines
cli-error = Error:
cli-next = Next:
cli-safe = Safe:
cli-nothing-changed = nothing was changed

## jisr-server
server-init-done = The server is set up in { $folder }.
server-init-next-unit = Add a unit: jisr-server unit add azilal-1 --province azilal --name-ar '…' --name-fr '…' --data { $folder }
server-init-next-serve = Start it: jisr-server serve --data { $folder }
server-password-ask = Password for { $name }
server-password-again = Once more
server-unit-added = Unit { $id } was added.
server-account-added = Account { $name } was added.
server-plan-added = A tour of { $unit } is planned for { $day }.
server-plan-removed = A tour of { $unit } on { $day } is no longer planned.
server-code = Code
server-code-url = Or open on the device
server-code-once = It is shown once, and one device may use it within { $hours } hours.
server-device-revoked = Device { $id } gets nothing any more; what it still delivers is kept aside.
server-verify-ok = The store is sound.
server-verify-damaged = The store is damaged: { $n } findings.
server-none = None.
server-col-id = Id
server-col-name = Name
server-col-province = Province
server-col-unit = Unit
server-col-state = State
server-col-contact = Last contact
server-col-waiting = Waiting
server-col-received = Received
server-col-scope = Scope
server-col-record = Record
server-col-device = Device
server-col-reason = Reason
server-col-start = Start
server-col-end = End
server-col-figure = Figure
server-state-active = active
server-state-revoked = revoked

## What an IT person meets, with what remains safe and what to do
server-fail-in-use = Another process has the store in { $folder } open and its admin socket does not answer.
server-fail-in-use-next = The store is untouched. Run the command as the user the server runs as, or stop the server first.
server-fail-no-store = There is no Jisr server in { $folder }.
server-fail-no-store-next = Nothing was changed. Set one up with: jisr-server init --data { $folder }
server-fail-init-twice = There is a server in { $folder } already.
server-fail-init-twice-next = Its data is untouched. Choose another folder, or start it with: jisr-server serve --data { $folder }
server-fail-listen = Cannot listen on { $address }.
server-fail-listen-next = The data is safe. Another program may use this port: choose one with --listen 127.0.0.1:8443
server-fail-config = The configuration { $file } does not read: { $what }.
server-fail-config-next = The data is safe. Correct that line and try again.
server-fail-full = The disk is full.
server-fail-full-next = What was kept before is safe. Free some space and try again.
server-fail-newer = The store was written by a newer version of Jisr.
server-fail-newer-next = It was left as it is. Install that version or a newer one.
server-fail-damaged = The store is damaged: { $what }.
server-fail-damaged-next = Nothing was changed. Copy the data folder away, then run: jisr-server verify --data { $folder }
server-fail-password = The passwords differ, or the password is shorter than { $min } characters.
server-fail-password-next = Nothing was changed. Run the command again and choose a longer one.
server-refused-exists = { $id } is there already.
server-refused-unknown = { $id } is not known here.
server-refused-not-planned = No such tour of { $id } is planned.
server-refused-scope = Records of this kind do not lie in { $id }: persons and places lie in a province, all others in a unit.
server-record-moved = { $id } is in { $to } now. Devices of the old unit lose it at their next contact; what they wrote for it and had not sent is kept aside.
server-refused-text = A name must have 1 to { $max } bytes and no control characters.
server-refused-span = A tour must end after it starts, within 24 hours.
server-refused-days = The last day must not be before the first, nor more than 400 days after it.
server-refused-repair = A store in use cannot be repaired: stop the server first.
server-refused-version = The running server does not understand this order: are program and server of one version?
server-refused-next = Nothing was changed. Correct it and run the command again.
server-fail-other = It failed: { $what }.
server-fail-other-next = What was kept before is safe. Try again, and look at the server's log if it fails again.
