### The pages supervisors see.

## Every page
app-name = Jisr
skip = Skip to the content
language = Language
sign-out = Sign out
sign-in = Sign in
sign-in-title = Sign in to the daily activity
sign-in-name = Account
sign-in-password = Password
sign-in-refused = The account or the password is not right. Nothing was changed. Try again, or ask the person who runs the server.
sign-in-wait = Too many attempts. Wait a few minutes, then try again.
signed-in-as = Signed in as { $name }
nav = Pages
nav-activity = Daily activity

## The day
day-title = Daily activity
day-previous = Previous day
day-next = Next day
day-pick = Day
day-show = Show
territory = Territory
territory-region = Whole region
filter-unit = Unit
filter-province = Province
filter-remove = Show everything

## Completeness
completeness = Completeness
as-of = As of { $time }
as-of-dated = As of { $time } on { $date }
at-time = at { $time }
at-date-time = on { $date } at { $time }
since-time = since { $time }
since-date-time = since { $date }, { $time }
units-in =
    { $reported ->
         [one] { $reported } of { $expected } expected units is in.
        *[other] { $reported } of { $expected } expected units are in.
    }
day-complete = The day is complete.
day-incomplete = The day is not complete: figures may rise.
day-nothing-expected = No tour was planned or opened.
waiting-none = Nothing waits on the phones.
waiting-unknown = No phone has said what waits on it.
missing-units = Missing
no-tour-planned = No tour planned
silent-devices = Silent for two weeks
clock-suspects = Wrong clocks
reason-not_yet_due = starts { $time }
reason-not_opened = planned { $time }, not opened
reason-shift_open = on tour { $time }
reason-shift_open_unknown = tour not ended
reason-no_contact = no contact { $time }
reason-never = never in contact
reason-waiting_unknown = a phone has not said what waits on it
reason-no_device_known = no device known

## Figures
figures = The day in figures
tile-persons = Persons met
tile-persons-range = { $least } to { $most }
tile-persons-note = unknown persons may have been met twice
tile-encounters = Encounters
tile-minors = Minors
tile-women = Women
tile-new = New persons
tile-referrals = Referrals
tile-shelter = Placed in shelter
tile-rough = Sleeping rough, by night tours
tile-tours = Tours made
tile-none-planned = none planned
tile-of-planned = of { $n } planned
by-hour = Encounters by hour
by-hour-desc =
    { $n ->
         [one] { $n } encounter placed by hour, at { $hour }.
        *[other] { $n } encounters placed by hour, most at { $hour } ({ $most }).
    }
by-hour-none = No encounter placed by hour.
by-hour-unplaced = Not placed by hour: { $n }
as-table = The same numbers as a table
hour = Hour

## Units
units = Units
col-unit = Unit
col-state = State
col-last-contact = Last contact
col-waiting = Waiting
col-encounters = Encounters
col-persons = Known persons
col-minors = Minors
col-referrals = Referrals
col-total = Whole territory
state-in = in
state-fresh = on tour, heard of lately
state-late = on tour, late
state-waiting = records wait on its phones
state-unopened = tour not started, though due
state-incomplete = not everything is in
state-silent = silent
state-ahead = tour still to start
state-off = off duty
not-known = not known
distinct-note = Distinct persons are counted once: units do not add up to the whole.

## Needs and gifts
needs = Needs stated
given = Services given
nothing-recorded = Nothing recorded.

## Records
latest = Latest records
col-time = Time
col-kind = Kind
col-outcome = Outcome
record-open = Open the record
disagreements = Fields two people set differently
disagreements-none = None waits for a decision.
disagreements-note = Every value is kept. The first one is shown until somebody decides.
col-record = Record
col-field = Field
col-values = Values
by-whom = { $who }, { $time }
somebody = somebody
review = To look at
review-possible_duplicate_person = two encounters that may be one contact: the same person within a quarter of an hour
review-possible_duplicate_place = two encounters that may be one contact: the same place within a quarter of an hour
review-shift_too_long = a tour of more than 18 hours
review-shift_not_closed = a tour not closed by noon of the next day
review-shift_ends_before_start = a tour that ends before it starts
review-kilometres_implausible = implausible odometer readings
review-staff_on_two_vehicles = one member of staff on two vehicles at once
review-accompaniment_contradictory = two statements about who is with a child
review-referral_contradictory = a referral with two final results
review-follow_up_contradictory = a follow-up both done and given up
review-other = something to look at

## A record
record-title = Record
record-fields = What it says
record-history = History
record-back = Back to the day
col-value = Value
history-created = { $who } wrote it down on { $time }.
history-set = { $who } set { $field } to { $value } on { $time }.
history-counted = { $who } added { $n } to { $field } on { $time }.
history-cleared = { $who } cleared { $field } on { $time }.
record-voided = This record no longer counts: { $reason }.
value-yes = yes
value-no = no
value-age-years = { $age } years
value-in-record = see the record
value-for-group = for the group

## Foot
foot-zone = Time zone { $zone }, data { $version }
foot-stamp = Stamp
foot-stamp-help = Equal stamps, equal figures.
foot-version = Jisr { $version }, definitions { $definitions }

## Errors as pages
error-title = This did not work
error-home = To the daily activity
technician-title = This account runs the service
technician-text = It sees no figures and no records. Units, devices and accounts are managed with the jisr-server command on the server.

## Numbers with their plural forms
unit-waiting =
    { $n ->
         [one] { $n } record waiting
        *[other] { $n } records waiting
    }
reason-set_aside =
    { $n ->
         [one] { $n } record set aside
        *[other] { $n } records set aside
    }
reason-unreadable =
    { $n ->
         [one] { $n } record cannot be read
        *[other] { $n } records cannot be read
    }
waiting-on-phones =
    { $n ->
         [one] { $n } record still waits on a phone.
        *[other] { $n } records still wait on phones.
    }
devices-not-saying =
    { $n ->
         [one] { $n } phone has not said: there may be more.
        *[other] { $n } phones have not said: there may be more.
    }
tile-possible-minors =
    { $n ->
         [one] and { $n } possible minor
        *[other] and { $n } possible minors
    }
clock-ahead =
    { $n ->
         [one] { $n } minute ahead
        *[other] { $n } minutes ahead
    }
clock-ahead-hours =
    { $n ->
         [one] { $n } hour ahead
        *[other] { $n } hours ahead
    }
clock-behind =
    { $n ->
         [one] { $n } minute behind
        *[other] { $n } minutes behind
    }
clock-behind-hours =
    { $n ->
         [one] { $n } hour behind
        *[other] { $n } hours behind
    }

## What was set aside
aside-back = All that is set aside
aside-what = What it is
aside-bytes = Bytes
aside-fields = Would change
aside-fields-unknown = Cannot be told: it does not fit its record
aside-release-now = Can be released now
aside-release-yes = Yes
aside-release-no = No: { $reason }
aside-waits-long = waiting for more than a day
aside-decide = Decide
aside-reason = Reason
aside-reason-note = It stands in the audit log. Do not name a person who was met.
aside-release = Release: let it in
aside-discard = Discard: never let it in
aside-discard-note = What is discarded is no longer kept here, only on the phone that wrote it. The phone is told at its next contact; one whose access has ended, only once it is enrolled again.
aside-told-let-in = It is let in. The phone that wrote it is told at its next contact; one whose access has ended, only once it is enrolled again.
aside-told-known = It was in already.
aside-told-waits = Nothing bars it any more. It is let in when what it builds on comes.
aside-told-refused = It stays aside: it does not fit its record.
aside-told-discarded = It is discarded. The phone that wrote it is told at its next contact; one whose access has ended, only once it is enrolled again.
aside-told-unknown = It is not set aside any more.
aside-one = A change that was not let in
aside-next = Older ones
