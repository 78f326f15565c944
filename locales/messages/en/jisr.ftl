### What the field command line jisr says.

## Results
jisr-edited = Changed, and kept on this device.
jisr-unchanged = Nothing differs: nothing was changed.
jisr-enrolled = This device belongs to { $unit } now.
jisr-synced = Sent { $sent }, received { $received }.
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
jisr-strip-revoked = This device is enrolled no more ({ $n } kept here)

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
jisr-fail-not-enrolled-next = Ask for a code: jisr enrol URL CODE. Until then, keep drafts: jisr record --draft
jisr-fail-already-enrolled = This device is enrolled already.
jisr-fail-already-enrolled-next = To enrol it elsewhere, send everything first (jisr sync), then: jisr logout
jisr-fail-code-refused = The code was not accepted: it is mistyped, used or too old.
jisr-fail-code-refused-next = Check it, or ask for a new one.
jisr-fail-bad-address = This is not the address of a server, or it is not encrypted.
jisr-fail-bad-address-next = Give an address such as https://jisr.example.org
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
jisr-fail-not-found = { $what }
jisr-fail-not-found-next = Look for it: jisr list, jisr find
jisr-fail-unreadable = { $what }
jisr-fail-unreadable-next = Update jisr to see it.
jisr-fail-written-once = { $what }
jisr-fail-written-once-next = This field is set when the record is made. Add a note instead.
jisr-fail-remark-rewritten = { $what }
jisr-fail-remark-rewritten-next = Notes are only added: add another one.
jisr-fail-text-too-long = { $what }
jisr-fail-text-too-long-next = Shorten it, or write two notes.
jisr-fail-not-concurrent = This value is none of those that were set.
jisr-fail-not-concurrent-next = Look at them again: jisr conflicts
jisr-fail-unsent = { $what } records were not sent yet and would be lost. Nothing was changed.
jisr-fail-unsent-next = Send them first (jisr sync), finish or discard the drafts, then try again.
jisr-fail-store-in-use = Another program has the store in { $store } open.
jisr-fail-store-in-use-next = Close the other one, or wait a moment, then try again.
jisr-fail-store-full = The disk is full.
jisr-fail-store-full-next = Nothing was kept of this command. Free some space, then try again.
jisr-fail-store-newer = The store in { $store } was written by a newer version.
jisr-fail-store-newer-next = It was left as it is. Update jisr.
jisr-fail-store-damaged = The store in { $store } is damaged: { $what }
jisr-fail-store-damaged-next = Copy the folder away and call your supervisor. Delete nothing.
jisr-fail-store-failed = The store in { $store } failed: { $what }
jisr-fail-store-failed-next = Look whether the record is there (jisr list) before you type it again.
jisr-fail-unknown-field = There is no field { $what }. Perhaps: { $meant }
jisr-fail-unknown-field-next = Nothing was kept of this record. Correct the name and try again.
jisr-fail-unknown-code = { $value } is no code of { $what }. Perhaps: { $meant }
jisr-fail-unknown-code-next = Nothing was kept of this record. Correct the code and try again.
jisr-fail-bad-value = { $what } cannot be read: { $meant }
jisr-fail-bad-value-next = Nothing was kept of this record. Correct the value and try again.
jisr-fail-not-an-object = A record is an object, such as { "{" }"outcome": "engaged"{ "}" }.
jisr-fail-not-an-object-next = Nothing was kept of this record. Correct it and try again.
jisr-fail-no-open-shift = No tour is open.
jisr-fail-no-open-shift-next = See the tours: jisr list shifts
jisr-fail-shift-open = A tour is open already: { $what }
jisr-fail-shift-open-next = End it first: jisr shift end
jisr-fail-io = A file or the terminal cannot be used: { $what }
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
jisr-figure-sleeping_rough = Sleeping rough
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
