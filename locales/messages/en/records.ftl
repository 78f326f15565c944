### The pages of single records, of lists of records, and of enrolment.

## Names of records and links
colon = :
ref-unknown = a record
ref-no-code = person without a code
device-unknown = unknown device
link-to = ({ $what })

## A record
conflict-shown = shown until somebody decides
conflict-settle = How is it settled?
conflict-settle-how = A device of the unit settles it: type one of these lines there. Every value stays in the history.
record-id = Identifier, for commands:
history-counted-times = { $who } added { $n } to { $field }, in { $times } steps from { $time } to { $until }.

## All records of a day
records-list = All records of the day
records-by-time = In the order of time
left-out = Not counted as encounters:
record-is-voided = voided
paging = Pages of the list
page-previous = Previous page
page-next = Next page
page-of = Page { $page } of { $pages }
print-left-out = Not printed, and on the screen: { $lists }.

## What was set aside
aside-title = Set aside
aside-list = Changes that were not let in
aside-note = Nothing of them is lost: they are kept as they came, and nobody can read them here. A supervisor decides.
aside-none = Nothing is set aside.
aside-show = See the list
aside-received = Received
aside-scope = Meant for
aside-device = Device
aside-why = Why
aside-unknown-record = a record that is not here

## An enrolment link in a browser
enrol-title = Join a unit
enrol-what = This link joins one device to a unit. It is used on the device itself, not in a browser.
enrol-step-copy = Copy the whole address of this page. The code stands at its end, behind the sign #.
enrol-step-run = On the laptop in the van, open a terminal and type:
enrol-step-quotes = Put the address you copied between the quotation marks.
enrol-private = The code does not leave this browser. Do not pass the link on to anybody else.

## Numbers with their plural forms
conflict-values =
    { $n ->
         [one] { $n } value:
        *[other] { $n } values:
    }
count-encounters =
    { $n ->
         [one] { $n } record of an encounter
        *[other] { $n } records of encounters
    }
count-tours =
    { $n ->
         [one] { $n } tour
        *[other] { $n } tours
    }
count-referrals =
    { $n ->
         [one] { $n } referral
        *[other] { $n } referrals
    }
count-follow-ups =
    { $n ->
         [one] { $n } follow-up
        *[other] { $n } follow-ups
    }
left-out-voided =
    { $n ->
         [one] { $n } voided
        *[other] { $n } voided
    }
left-out-drafts =
    { $n ->
         [one] { $n } without an outcome yet
        *[other] { $n } without an outcome yet
    }
left-out-attempts =
    { $n ->
         [one] { $n } attempt without a contact
        *[other] { $n } attempts without a contact
    }
left-out-observed =
    { $n ->
         [one] { $n } observation only
        *[other] { $n } observations only
    }
records-all =
    { $n ->
         [one] See the { $n } record of the day
        *[other] See all { $n } records of the day, in the order of time
    }
enrol-once =
    { $n ->
         [one] One device may use it, within { $n } hour of its making.
        *[other] One device may use it, within { $n } hours of its making.
    }
