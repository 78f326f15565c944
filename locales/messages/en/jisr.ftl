### What the field command line jisr says.

## Results
jisr-edited = Changed, and kept on this device.
jisr-unchanged = Nothing differs: nothing was changed.
jisr-enrolled = This device belongs to { $unit } now.
jisr-recorded-at = It was at { $time }.
jisr-synced = Sent { $sent }, received { $received }.
jisr-synced-carried = Of other devices, the server has answered for: { $n }
jisr-synced-files = Carried files delivered: { $n }
jisr-synced-files-refused = Carried files the server cannot use: { $n }. They are not carried any longer; whoever exported them has everything still and can export again.
jisr-synced-files-waiting = Carried files not handed in yet: { $n }. They are kept here and tried again at the next sync.
jisr-synced-aside = Set aside for somebody to look at: { $n }.
jisr-settled = Settled, and kept on this device.
jisr-logged-out = This device belongs to no service any more.
jisr-never = never
jisr-last-success = Last success: { $time }
jisr-drafts =
    { $n ->
        [one] One draft on this device only
       *[other] { $n } drafts on this device only
    }
jisr-day = Figures of { $day }, from this device
jisr-day-own = What other devices hold is not in it. Waiting here: { $n }.
jisr-history = History
jisr-conflict = { $field } was set differently by several people:
jisr-aside-because = Set aside: { $reason }
jisr-removed = taken away
jisr-yes = yes
jisr-no = no
jisr-kept = Kept on this device: { $id }
jisr-kept-draft = Draft kept on this device only: { $id }. To finish it: jisr finish { $id }
jisr-kept-person = Person kept on this device: { $id }
jisr-kept-referral = Referral kept on this device: { $id }
jisr-kept-follow-up = Follow-up kept on this device: { $id }
jisr-finished = The draft is a record now, kept on this device and to be sent: { $id }
jisr-discarded = The draft was thrown away.
jisr-discard-sure = Throw the draft { $id } away? It cannot be got back.
jisr-discard-not = Nothing was thrown away: the draft is still there.
jisr-draft-ready = It is a draft, and nothing is lacking. To finish it: jisr finish { $id }
jisr-draft-lacks = It is a draft, and lacks: { $what }. After that: jisr finish { $id }
jisr-shift-started = Tour opened, and kept on this device: { $id }
jisr-shift-ended = Tour ended, and kept on this device: { $id }
jisr-shift-day = This tour counts for { $day }.
jisr-none = Nothing was found.
jisr-none-follow-ups = No follow-up is waiting.
jisr-none-conflicts = No field waits to be settled.
jisr-store = Folder: { $store }
jisr-between = { ", " }
jisr-in-line = Line { $n }:
jisr-safe-lines = the records before it ({ $n }) are kept on this device, do not give them again: { $ids }
jisr-keep-held = On this device: { $n } of at most { $records } records, { $megabytes } MB
jisr-keep-rule = What is older than { $days } days, closed and in a backup of the server leaves this device; beyond { $records } records sooner.
jisr-keep-left =
    { $n ->
        [one] One record has left. The server has it: jisr recall ID
       *[other] { $n } records have left. The server has them: jisr recall ID
    }
jisr-keep-nearly-full = So much is on this device that it may become slow. Sync; if it stays so, ask at the base whether the server makes backups: until then nothing leaves. Nothing is lost by it.
jisr-recalled-here = { $id } is on this device: jisr show { $id }
jisr-recalled = { $id } comes with the next sync: jisr sync
jisr-day-left =
    { $n ->
        [one] One record of this day has left this device and is not in these figures. The server counts it.
       *[other] { $n } records of this day have left this device and are not in these figures. The server counts them.
    }
jisr-day-nothing = Nothing is recorded for this day on this device.

## Where a record stands
jisr-state-draft = draft
jisr-state-here = on this device
jisr-state-sending = sending
jisr-state-server = on the server
jisr-state-aside = needs attention

## The status
jisr-strip-not-enrolled = This device is not enrolled.
jisr-strip-all-sent = All sent.
jisr-strip-waiting =
    { $n ->
        [one] One record waits to be sent
       *[other] { $n } records wait to be sent
    }
jisr-strip-sending = Sending { $n }
jisr-strip-no-connection = No connection: kept on this device ({ $n })
jisr-strip-paused = Sending is paused ({ $n })
jisr-strip-attention = Needing attention: { $n }
jisr-strip-revoked = This device is enrolled no more: it receives nothing. All its records stay here.

## Follow-ups
jisr-follow-up-open = open
jisr-follow-up-due = due
jisr-follow-up-late = late
jisr-follow-up-done = done
jisr-follow-up-done_late = done late
jisr-follow-up-cancelled = cancelled

## Failures: what was wrong, and what to do. What remains safe is the same for all.
jisr-safe = everything recorded before is on this device, in { $store }
jisr-fail-offline = The server was not reached.
jisr-fail-offline-next = Go on recording; try again where there is a network: jisr sync
jisr-fail-interrupted = The connection was cut on the way.
jisr-fail-interrupted-next = What arrived counts. Try again: jisr sync
jisr-fail-busy = The server is busy.
jisr-fail-busy-next = Try again in a few minutes: jisr sync
jisr-fail-revoked = This device is enrolled no more.
jisr-fail-revoked-next = Call your supervisor. Nothing is deleted here.
jisr-fail-not-enrolled = This device is not enrolled yet.
jisr-fail-not-enrolled-next = Ask for a link or a code: jisr enrol 'LINK'. Until then, keep drafts: jisr record --draft
jisr-fail-already-enrolled = This device is enrolled already.
jisr-fail-already-enrolled-next = To enrol it elsewhere, send everything first (jisr sync), then: jisr logout
jisr-fail-code-refused = The code was not accepted: it is mistyped, used or too old.
jisr-fail-code-refused-next = Check it, or ask for a new one.
jisr-fail-bad-address = { $what } is not the address of a server, or it is not encrypted.
jisr-fail-bad-address-next = Give the address as it was given, such as https://jisr.example.org
jisr-fail-update-needed = This version and the server's do not understand one another.
jisr-fail-update-needed-next = Update jisr, then: jisr sync
jisr-fail-clock-wrong = The clock of this device is too far off.
jisr-fail-clock-wrong-next = Set the clock, then: jisr sync
jisr-fail-refused = The server refused: { $what }
jisr-fail-refused-next = Tell your supervisor this message.
jisr-fail-protocol = The server's answer was not understood.
jisr-fail-protocol-next = Check the address, update jisr, then: jisr sync
jisr-fail-invalid = { $what }: { $meant }
jisr-fail-invalid-next = Nothing was kept of this command. Correct it, or keep a draft: --draft
jisr-fail-not-found = There is no { $what } on this device.
jisr-fail-not-found-next = Look for it: jisr list, jisr find. When another device has it: jisr sync
jisr-fail-left = { $what } is old and has left this device. The server has it.
jisr-fail-left-next = To have it here again: jisr recall { $what }, then jisr sync
jisr-fail-not-granted = { $what } is a record of a unit or province this device no longer belongs to.
jisr-fail-not-granted-next = Nothing was kept. Write it down without naming that record, or as somebody new.
jisr-fail-logout-asks = { $what } records would go from this device. The server has them all.
jisr-fail-logout-asks-next = A backup of the server may not hold the newest yet: wait for one if you can. Then: jisr logout --yes, and have the device revoked at the base.
jisr-fail-unreadable = This cannot be read: { $what }
jisr-fail-unreadable-next = Update jisr to see it.
jisr-fail-written-once = Set when the record was made, and never again: { $what }
jisr-fail-written-once-next = This field is set when the record is made. Add a note instead.
jisr-fail-remark-rewritten = What was written stays as it is: { $what }
jisr-fail-remark-rewritten-next = Notes are only added: add another one.
jisr-fail-text-too-long = { $what }: the text is longer than { $value } characters.
jisr-fail-text-too-long-next = Nothing of this command was kept. Shorten it, or write two notes.
jisr-fail-not-concurrent = This value is none of those that were set.
jisr-fail-not-concurrent-next = Look at them again: jisr conflicts
jisr-fail-unsent = { $what } records were not sent yet and would be lost. Nothing was changed.
jisr-fail-unsent-next = Send them first: jisr sync. Drafts (jisr list --drafts) are finished or thrown away: jisr finish ID or jisr discard ID
jisr-fail-store-in-use = Another program has the store in { $store } open.
jisr-fail-store-in-use-next = Close the other one, or wait a moment, then try again.
jisr-fail-store-full = The disk is full.
jisr-fail-store-full-next = Nothing was kept of this command. Free some space, then try again.
jisr-fail-store-newer = The store in { $store } was written by a newer version.
jisr-fail-store-newer-next = It was left as it is. Update jisr.
jisr-fail-store-damaged = The store in { $store } is damaged: { $what }
jisr-fail-store-damaged-next = Copy the folder away and call your supervisor. Delete nothing.
jisr-fail-store-no-access = { $store } cannot be used: this account may not write there, or it is no folder.
jisr-fail-store-no-access-next = Nothing was changed there. Use the account it belongs to, or another folder: --store FOLDER
jisr-fail-store-failed = The store in { $store } failed: { $what }
jisr-fail-store-failed-next = Look whether the record is there (jisr list) before you type it again.
jisr-fail-unknown-field = There is no field { $what }. Perhaps: { $meant }
jisr-fail-unknown-field-next = Nothing was kept of this record. Correct the name and try again.
jisr-fail-unknown-code = { $value } is no code of { $what }. Perhaps: { $meant }
jisr-fail-unknown-code-next = Nothing was kept of this record. Correct the code and try again.
jisr-fail-not-an-object = A record is an object, such as { "{" }"outcome": "engaged"{ "}" }.
jisr-fail-not-an-object-next = Nothing was kept of this record. Correct it and try again.
jisr-fail-no-open-shift = No tour is open.
jisr-fail-no-open-shift-next = See the tours: jisr list shifts
jisr-fail-shift-of-other = The tour that is open was begun on another device: { $what }
jisr-fail-shift-of-other-next = If it is yours to end: jisr shift end --tour { $what }
jisr-fail-shift-open = A tour is open already: { $what }
jisr-fail-shift-open-next = End it first: jisr shift end
jisr-fail-enrol-offline = No server answers at { $what }.
jisr-fail-enrol-offline-next = Check the address and the network, then give the same command again. Until then, keep drafts: jisr record --draft
jisr-fail-enrol-not-jisr = What answers at { $what } is no Jisr server.
jisr-fail-enrol-not-jisr-next = Copy the whole link as it was given, in quotes: jisr enrol 'https://…/enrol#CODE'
jisr-fail-no-code = There is no code with the address { $what }.
jisr-fail-no-code-next = Put the whole link in quotes, or the code after it: jisr enrol { $what } CODE
jisr-fail-argument = { $value } cannot stand for { $what }. Expected: { $meant }
jisr-fail-argument-next = Nothing of this command was kept. Correct the value and try again.
jisr-fail-too-many = { $value } is more than is taken for { $what }: { $meant } at most.
jisr-fail-too-many-next = Nothing of this command was kept. Correct the number and try again.
jisr-fail-not-json = This is no JSON at { $what }.
jisr-fail-not-json-next = An example: { "{" }"outcome": "engaged"{ "}" }. See: jisr record --help
jisr-fail-future = { $what }: { $value } has not come yet; the clock of this device says { $meant }. At most 5 minutes ahead are taken.
jisr-fail-future-next = Nothing of this command was kept. Correct the time, or the clock of the device.
jisr-fail-lacks = Lacking: { $what }
jisr-fail-lacks-next = Nothing of this command was kept. Add what is lacking, or keep a draft: --draft
jisr-fail-draft-lacks = This draft lacks: { $what }
jisr-fail-draft-lacks-next = Add it: jisr edit { $value } …, then: jisr finish { $value }
jisr-fail-not-a-draft = { $value } is no draft: it is neither finished nor thrown away.
jisr-fail-not-a-draft-next = See the drafts: jisr list --drafts. To void a record: jisr edit { $value } --void duplicate
jisr-fail-draft-named = The draft of an encounter names this person: { $value }
jisr-fail-draft-named-next = Nothing was thrown away. Throw the encounter away, and the person goes with it: jisr discard { $value }
jisr-fail-discard-ask = Nobody has said that the draft may be thrown away.
jisr-fail-discard-ask-next = Nothing was thrown away. To say so: jisr discard { $value } --yes
jisr-fail-place-both = A place is given, and it is said that the place is not known.
jisr-fail-place-both-next = Nothing of this command was kept. Take one of the two away.
jisr-fail-referral-nobody = The referral is for nobody.
jisr-fail-referral-nobody-next = Nothing of this command was kept. Name the person or the encounter: --person or --encounter
jisr-fail-ambiguous = { $value } may be several records:{ $meant }
jisr-fail-ambiguous-next = Give the command again with more of the id.
jisr-fail-wrong-kind = { $value } does not fit { $what }. What it is, and what is expected: { $meant }
jisr-fail-wrong-kind-next = Nothing of this command was kept. Look for it: jisr list, jisr find
jisr-fail-short-code-slip = { $value } is no short code: one of its symbols is wrong.
jisr-fail-short-code-slip-next = Check it, or look by what the person goes by: jisr find
jisr-fail-unknown-person = No person { $value } is known on this device ({ $what }).
jisr-fail-unknown-person-next = When another device has it, get it first: jisr sync. Otherwise record without --person, or with --person new
jisr-fail-not-an-id = { $what }: what was typed is neither an id nor a short code.
jisr-fail-not-an-id-next = Nothing of this command was kept. Look for it: jisr list, jisr find
jisr-fail-alias-alone = { $what } is for a new person only.
jisr-fail-alias-alone-next = Nothing of this command was kept. Add --person new
jisr-fail-edit-json = This record ({ $what }) is edited as JSON only.
jisr-fail-edit-json-next = Nothing was changed. See its fields: jisr show { $value } --json, then: jisr edit { $value } --json -
jisr-fail-edit-new-person = { $what } does not go with the edit of an encounter.
jisr-fail-edit-new-person-next = Nothing was changed. Add the person first: jisr person add, then: jisr edit … --person
jisr-fail-edit-which-person = This encounter has { $value } persons: which one is meant is not known.
jisr-fail-edit-which-person-next = Nothing was changed. Use jisr edit … --json - with the person's key that jisr show … --json shows
jisr-fail-flag-not-of-kind = { $what } does not go with: { $meant }
jisr-fail-flag-not-of-kind-next = Nothing was changed. Take it away and try again.
jisr-fail-no-conflict = No field of { $value } was set differently.
jisr-fail-no-conflict-next = See: jisr conflicts
jisr-fail-no-conflict-field = { $value } is none of the fields that were set differently, which are: { $meant }
jisr-fail-no-conflict-field-next = Nothing was changed. See: jisr conflicts
jisr-fail-no-conflict-value = This value is none of those that { $what } was set to.
jisr-fail-no-conflict-value-next = Nothing was changed. See: jisr conflicts
jisr-fail-ends-before-start = { $what }: { $value } is before the start of the tour, { $meant }.
jisr-fail-ends-before-start-next = Nothing of this command was kept. Correct the time and try again.
jisr-fail-no-home = The folder of the user's data is not known.
jisr-fail-no-home-next = Name a folder: jisr --store FOLDER, or JISR_STORE
jisr-fail-store-elsewhere = The records are in { $what }; their usual place is { $meant } now. Nothing was opened.
jisr-fail-store-elsewhere-next = Move them: mv { $what } { $meant } or use: jisr --store { $what }
jisr-fail-broken-off = The questions were broken off. The answers were not kept.
jisr-fail-broken-off-next = Begin again: jisr record
jisr-fail-no-file = There is no file { $what }.
jisr-fail-no-file-next = Correct its name; - stands for the input.
jisr-fail-io = { $what } cannot be used: { $meant }
jisr-fail-io-next = Check it, then try again.
jisr-fail-other = It failed: { $what }
jisr-fail-other-next = Try again; if it fails again, tell your supervisor this message.

## Figures of a day
jisr-figure-tours = Tours
jisr-figure-tour_hours = Tour hours
jisr-figure-staff_hours = Staff hours
jisr-figure-kilometres = Kilometres
jisr-figure-encounters = Encounters
jisr-figure-contacts = Contacts
jisr-figure-attempts = Attempts
jisr-figure-refusals = Refusals
jisr-figure-known_persons = Known persons
jisr-figure-persons_met = Persons met
jisr-figure-new_persons = New persons
jisr-figure-returning_persons = Persons met again
jisr-figure-minors = Minors
jisr-figure-minors_by_band = Minors by age
jisr-figure-unaccompanied_minors = Unaccompanied minors
jisr-figure-women = Women
jisr-figure-older_persons = Older persons
jisr-figure-persons_with_disability = Persons with disability
jisr-figure-sleeping_rough = Sleeping rough, by night tours
jisr-figure-observed = Seen, not approached
jisr-figure-services = Services
jisr-figure-items = Items given
jisr-figure-persons_served = Persons served
jisr-figure-referrals = Referrals
jisr-figure-shelter_placements = Shelter placements
jisr-figure-family_returns = Returns to family
jisr-figure-follow_ups = Follow-ups
jisr-figure-by_hour = By hour
jisr-figure-quality = To check

## Parts of figures
jisr-range = at least { $least }, at most { $most }
jisr-headcount = { $known } known and { $unknown } unknown
jisr-headcount-unknown = { $unknown } unknown
jisr-hours = { $hours } h { $minutes } min
jisr-part-planned = planned
jisr-part-made = made
jisr-part-cancelled = cancelled
jisr-part-cancelled_by_reason = reasons
jisr-part-broken_off = broken off
jisr-part-open = open
jisr-part-not_opened = not opened
jisr-part-open_tours = tours still open:
jisr-part-unmeasured_tours = tours not measured:
jisr-part-kilometres = kilometres
jisr-part-tours_without = tours without kilometres
jisr-part-engaged = with an exchange
jisr-part-brief = brief
jisr-part-not_found = not found
jisr-part-not_approached = not approached for safety
jisr-part-asleep = asleep
jisr-part-out_of = out of
jisr-part-encounters = encounters
jisr-part-known_persons = known persons
jisr-part-persons = persons
jisr-part-undetermined = undetermined
jisr-part-came_back = back after a long absence
jisr-part-certain = certain
jisr-part-possible = possible
jisr-part-age_unknown = of unknown age
jisr-part-from_0_to_5 = 0–5 years
jisr-part-from_6_to_11 = 6–11 years
jisr-part-from_12_to_14 = 12–14 years
jisr-part-from_15_to_17 = 15–17 years
jisr-part-unsure = of no certain band
jisr-part-minors = minors
jisr-part-contradictory = contradictory
jisr-part-given = given
jisr-part-used_from_stock = used from stock
jisr-part-group_acts = services for a group
jisr-part-accompanied = accompanied
jisr-part-by_destination = by destination
jisr-part-confirmed = confirmed
jisr-part-due = due
jisr-part-on_time = on time
jisr-part-late = late
jisr-part-done_undated = done without a date
jisr-part-voided = voided
jisr-part-drafts = without an outcome
jisr-part-possible_duplicates = possible duplicates
jisr-part-clock_suspects = under a wrong clock
jisr-part-shift_unknown = of an unknown tour
jisr-part-conflicted = set differently
jisr-part-set_aside = set aside
jisr-part-unreadable = unreadable

## What can stand somewhere
jisr-expect-age = an age such as 12, 10-14 or 18+, up to 120
jisr-expect-time = a time such as 22:14 or "2026-11-23 22:14"
jisr-expect-keep-days = a number of days from 7 to 3650
jisr-expect-keep-records = a number of records from 500 to 100000
jisr-expect-day = a day such as 2026-11-23
jisr-expect-address = an address and a code as jisr van share shows them, like 192.168.1.20:7646 7KQ2-M9XD
jisr-expect-count = a code and a number such as meal=2
jisr-expect-quantity = a number from 1 to 10000
jisr-expect-position = a position such as geo:32.3394,-6.3608;u=12
jisr-expect-id = an id as jisr list shows it
jisr-expect-millis = a number of milliseconds since 1970
jisr-expect-bool = true or false
jisr-expect-number = a whole number, not negative
jisr-expect-staff = a short reference such as fz2
jisr-expect-json = a value as jisr show ID --json shows it
jisr-expect-crew = a member such as fz2 or fz2=nurse

## Questions
jisr-ask-how = Arrows to move, space to select, Enter to go on; empty skips. Ctrl-C stops.
jisr-ask-one = { $field } (arrows, then Enter)
jisr-ask-several = { $field } (space to select, Enter to go on or skip)
jisr-ask-who = Who? (arrows, then Enter)
jisr-who-new = Somebody new, kept under a pseudonym
jisr-who-known = Somebody known
jisr-who-unknown = Somebody who will not be known again
jisr-who-again = Look again
jisr-ask-known = What the person goes by, or the short code
jisr-ask-which = Which one? (arrows, then Enter)
jisr-ask-age = Age: 12, 10-14 or 18+ (empty: not known)
jisr-ask-alias = What the person goes by (empty skips)
jisr-ask-place = The place in words, or ? when it is not known
jisr-ask-place-empty = Write the place, or ? when it is not known
jisr-ask-note = A note, without names (empty skips)
jisr-ask-quantity = { $thing }: how many? (empty: 1)
jisr-ask-too-long = Longer than { $n } characters
jisr-ask-keep-draft = Stopped. Keep the answers as a draft?

## Without a server: meetings of devices, and carry files
jisr-strip-handed-over = Of these, { $n } are also on other devices ({ $devices }). They wait here until the server has them.
jisr-strip-carried = Carried for other devices: { $n }
jisr-strip-carried-files = Carried files to deliver: { $n }. Sync when there is a connection: jisr sync
jisr-strip-carried-nearly-full = Little room is left for what others hand over: meet the server soon.
jisr-state-carried = carried for another device
jisr-van-listening = On the other device: jisr van join { $address } { $code }
jisr-van-waits = It waits { $minutes } minutes for one device. Other commands can be used meanwhile; end it with Ctrl-C.
jisr-van-met = Met a device of { $unit }: gave { $given }, received { $received }.
jisr-van-full = Not all had room. What did not fit is still where it was.
jisr-van-share-full = One of the two keeps as much for the other as it may: no more was taken. What was not taken is still where it was; let the one that keeps it meet the server.
jisr-van-too-old = Not taken: { $n }. By the clock of the device that was to take them, whoever wrote them has not met the server for too long. They are kept where they were. This device's clock says { $now }: is the clock right on both?
jisr-van-still-waits = Everything goes on waiting here until the server itself has it.
jisr-carry-exported = { $n } changes are in { $file }, which only the server can open.
jisr-carry-left = { $n } changes did not fit: take this file in first, then export again after a sync.
jisr-carry-nothing = There is nothing to carry: the server has everything that is here. No file was written.
jisr-carry-taken = Taken along: { $n } changes. They are handed in at the next sync.
jisr-fail-carried-full = So much is carried for others already that there is no room for more.
jisr-fail-carried-full-next = The other device still has it. Meet the server (jisr sync), then try again.
jisr-fail-carried-share = So much is kept already for the device that handed this over that no more is taken of it.
jisr-fail-carried-share-next = It still has it. Meet the server (jisr sync), then try again.
jisr-fail-van-no-credentials = The server has not told other devices who this one is yet.
jisr-fail-van-no-credentials-next = Sync once where there is a network: jisr sync
jisr-fail-van-not-found = No device listens at that address.
jisr-fail-van-not-found-next = Are both in one network? Start jisr van share there, and type address and code as it shows them.
jisr-fail-van-code = The one-time code is another.
jisr-fail-van-code-next = Each code is good for one meeting. Look at the other screen again.
jisr-fail-van-share-over = Nobody has joined in time. Nothing was given or taken.
jisr-fail-van-share-over-next = For a new code: jisr van share
jisr-fail-van-tries = Too many have tried with another code: this one is good no more. Nothing was given to them.
jisr-fail-van-tries-next = Is somebody else on this network? For a new code: jisr van share
jisr-fail-van-stranger = The other device is not of this service. Nothing was given to it or taken from it.
jisr-fail-van-stranger-next = Enrol it with the same server first.
jisr-fail-van-stale = By this device's clock the other one has not met the server for too long to be believed.
jisr-fail-van-stale-next = Is the clock of this device right? Otherwise take a file (jisr carry export), or let the other device sync first.
jisr-fail-van-unproven = The other device brought something that proves nothing. What came before it is kept.
jisr-fail-van-unproven-next = Tell whoever runs the service which device it was.
jisr-fail-carry-file-foreign = This is no carry file.
jisr-fail-carry-file-foreign-next = Choose a file written by: jisr carry export
jisr-fail-carry-file-damaged = The carry file is damaged: { $what }.
jisr-fail-carry-file-damaged-next = Nothing was taken along. The device that wrote it has everything still: export it again.
jisr-fail-carry-file-newer = A newer version wrote the carry file.
jisr-fail-carry-file-newer-next = Update this program, or bring the file to the server itself.
jisr-fail-carry-file-other-server = The carry file is for another server.
jisr-fail-carry-file-other-server-next = Give it to a device of that service.
