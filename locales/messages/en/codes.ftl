### Labels of the code lists, in English. Keys: <list>-<code>.

## contact_mode
contact_mode-in_person = Face to face
contact_mode-phone = By telephone
contact_mode-observed = Seen from a distance only

## contact_outcome
contact_outcome-engaged = Contact made, exchange
contact_outcome-brief = Brief contact
contact_outcome-refused = Refused contact
contact_outcome-not_found = Person looked for, not found
contact_outcome-asleep = Asleep, not woken
contact_outcome-unable = Exchange not possible (state, language)
contact_outcome-unsafe = Not approached for safety
contact_outcome-observed = Seen only

## contact_origin
contact_origin-patrol = Met on tour
contact_origin-follow_up = Planned follow-up
contact_origin-citizen = Citizen's report
contact_origin-hotline = Call number
contact_origin-authority = Local authority
contact_origin-security = Police or gendarmerie
contact_origin-prosecutor = Prosecutor
contact_origin-partner = Association or centre
contact_origin-health = Health service
contact_origin-self = Person asked
contact_origin-family = Family asked

## legal_basis
legal_basis-tally_only = Counted without personal data
legal_basis-consent_self = The person's consent
legal_basis-consent_guardian = The guardian's consent
legal_basis-assent_child = The child's assent
legal_basis-best_interest = The child's best interest
legal_basis-vital = Protection of life
legal_basis-legal_duty = Legal duty
legal_basis-refused = Refused
legal_basis-pending = Not asked yet

## observed_group
observed_group-men = Men
observed_group-women = Women
observed_group-boys = Boys
observed_group-girls = Girls
observed_group-unknown = Not determined

## void_reason
void_reason-test = Trial entry
void_reason-duplicate = Entered twice
void_reason-wrong_person = Entered for the wrong person
void_reason-other = Another mistake

## sex
sex-female = Female
sex-male = Male
sex-unknown = Not determined
sex-declined = Declined to answer

## age_basis
age_basis-document = Document
age_basis-stated = Stated
age_basis-estimated = The crew's estimate
age_basis-third_party = Third party

## public
public-child_street = Child in street situation
public-homeless_adult = Homeless person
public-woman_difficult = Woman in difficult situation
public-woman_children = Woman with children
public-disability = Person with disability
public-elderly = Older person
public-family = Family in the street
public-migrant = Migrant
public-mental_distress = Person in psychological distress
public-other = Other

## language
language-ar = Arabic (Darija)
language-ber-tzm = Tamazight
language-fr = French
language-other = Another language
language-sign = Sign language
language-none = None in common

## relation
relation-parent = Parent
relation-sibling = Brother or sister
relation-partner = Partner
relation-group = Same group
relation-carer = Carer

## link_certainty
link_certainty-certain = Certain
link_certainty-likely = Likely
link_certainty-reported = Reported by somebody

## crew_alert
crew_alert-none = Nothing
crew_alert-health = Health risk
crew_alert-aggression = Aggression possible
crew_alert-threatened = The person is threatened
crew_alert-trafficking_suspected = Trafficking suspected

## person_status
person_status-active = Active
person_status-dormant = Not met for long
person_status-closed = Closed

## exit_reason
exit_reason-family = Return to family
exit_reason-shelter = Placement in a centre
exit_reason-housing = Housing
exit_reason-handed_over = Handed over to another service
exit_reason-moved = Left the region
exit_reason-hospital = Hospital
exit_reason-detention = Detention
exit_reason-deceased = Deceased
exit_reason-lost_contact = Lost from sight
exit_reason-adult = Came of age
exit_reason-other = Other

## visibility
visibility-normal = Normal
visibility-restricted = Restricted to the case's unit

## place_type
place_type-street = Street
place_type-souk = Market
place_type-bus_station = Bus station
place_type-mosque_area = Around a mosque
place_type-garden = Public garden
place_type-crossroads = Crossroads
place_type-abandoned = Abandoned building
place_type-worksite = Building site
place_type-school_area = Around a school
place_type-hospital_area = Around a hospital
place_type-landfill = Landfill
place_type-roadside = Roadside
place_type-douar = Douar
place_type-river_bridge = Bridge or river bed
place_type-shelter = Centre
place_type-other = Other

## sleeping_situation
sleeping_situation-street = Street or public space
sleeping_situation-station = Bus or taxi station
sleeping_situation-vehicle = Vehicle
sleeping_situation-abandoned = Abandoned building or building site
sleeping_situation-makeshift = Makeshift shelter
sleeping_situation-night_shelter = Emergency night shelter
sleeping_situation-homeless_centre = Centre for homeless people
sleeping_situation-women_centre = Women's multi-function centre
sleeping_situation-child_centre = Child protection unit or centre
sleeping_situation-hospital = Hospital
sleeping_situation-detention = Detention
sleeping_situation-family = With family
sleeping_situation-third_party = With friends or others
sleeping_situation-own_at_risk = Own dwelling, at risk
sleeping_situation-own = Own dwelling
sleeping_situation-unknown = Not known
sleeping_situation-declined = Did not answer

## street_connection
street_connection-lives_alone = Lives in the street, alone or with peers
street_connection-lives_family = Lives in the street with family
street_connection-works_returns = Works or begs, goes home to sleep
street_connection-strong_link = Spends most of the day in public space
street_connection-runaway = Recently ran away
street_connection-transit = On the move (migration)
street_connection-unknown = Not known

## accompaniment
accompaniment-unaccompanied = Unaccompanied
accompaniment-separated = Separated (with an adult relative)
accompaniment-with_parent = With a parent
accompaniment-with_carer = With a guardian
accompaniment-with_unrelated_adult = With an unrelated adult
accompaniment-with_peers = With other children
accompaniment-not_applicable = Does not apply
accompaniment-unknown = Not known

## protection_concern
protection_concern-violence_physical = Physical violence
protection_concern-violence_sexual = Sexual violence
protection_concern-violence_domestic = Domestic violence
protection_concern-begging_exploited = Exploited for begging
protection_concern-child_labour = Child labour
protection_concern-trafficking = Trafficking suspected
protection_concern-neglect = Neglect
protection_concern-abandonment = Abandonment
protection_concern-early_marriage = Child marriage
protection_concern-substance = Substance use
protection_concern-health_urgent = Urgent health state
protection_concern-mental = Psychological distress
protection_concern-disability_unmet = Disability without support
protection_concern-school_out = Out of school
protection_concern-no_civil_record = Not in the civil register
protection_concern-law_conflict = In contact or conflict with the law
protection_concern-pregnancy = Pregnancy or single mother
protection_concern-cold = Exposure to cold
protection_concern-lost = Lost child or person
protection_concern-other = Other
protection_concern-none_seen = None seen

## concern_certainty
concern_certainty-seen = Seen by the crew
concern_certainty-said = Said by the person
concern_certainty-suspected = Suspected

## risk
risk-high = High
risk-medium = Medium
risk-low = Low
risk-not_assessed = Not assessed

## functional_difficulty
functional_difficulty-seeing = Seeing
functional_difficulty-hearing = Hearing
functional_difficulty-walking = Walking
functional_difficulty-remembering = Remembering
functional_difficulty-self_care = Self-care
functional_difficulty-communicating = Communicating

## referral_destination
referral_destination-cape = Child protection support centre (CAPE)
referral_destination-upe = Child protection unit (UPE)
referral_destination-epse = Social care institution
referral_destination-homeless_centre = Centre for homeless people
referral_destination-emf = Women's multi-function centre
referral_destination-disability_centre = Orientation centre for disability
referral_destination-elderly_home = Home for older people
referral_destination-entraide = Entraide Nationale delegation
referral_destination-ads = Social development agency
referral_destination-hospital = Hospital
referral_destination-health_centre = Health centre
referral_destination-prosecutor = Prosecutor
referral_destination-security = Police or gendarmerie
referral_destination-ambulance = Civil protection or SAMU
referral_destination-local_authority = Local authority
referral_destination-school = School or training
referral_destination-association = Association
referral_destination-family = Family
referral_destination-consulate = Consulate
referral_destination-other = Other

## referral_status
referral_status-draft = Draft
referral_status-sent = Sent
referral_status-received = Received
referral_status-accepted = Accepted
referral_status-refused_by_person = Refused by the person
referral_status-refused_by_provider = Refused by the provider
referral_status-no_place = No place
referral_status-attained = Attained
referral_status-not_attained = Not attained
referral_status-no_news = No news
referral_status-cancelled = Cancelled

## shelter_refusal_reason
shelter_refusal_reason-prefers_place = Prefers to stay
shelter_refusal_reason-fear = Fear or insecurity
shelter_refusal_reason-bad_experience = Bad experience
shelter_refusal_reason-rules = The house rules
shelter_refusal_reason-separation = Does not want to be separated
shelter_refusal_reason-income = Loss of income
shelter_refusal_reason-health = Health
shelter_refusal_reason-none_given = No reason given
shelter_refusal_reason-other = Other

## urgency
urgency-h1 = Within one hour
urgency-h3 = Within three hours
urgency-h24 = Within 24 hours
urgency-d3 = Within three days
urgency-routine = Routine

## info_category
info_category-identity = Identity
info_category-contact = Contact details
info_category-situation = Situation
info_category-health = Health
info_category-protection = Protection concerns
info_category-family = Family

## follow_up_kind
follow_up_kind-visit = Visit
follow_up_kind-phone = Call
follow_up_kind-check_referral = Check on a referral
follow_up_kind-family_contact = Contact with the family
follow_up_kind-document = Document
follow_up_kind-other = Other

## priority
priority-high = High
priority-normal = Normal
priority-low = Low

## service_type
service_type-listening = Listening
service_type-orientation = Information, orientation
service_type-meal = Meal or food
service_type-hot_drink = Hot drink
service_type-blanket = Blanket
service_type-clothing = Clothing
service_type-hygiene = Hygiene kit or shower
service_type-first_aid = First aid
service_type-medical = Medical consultation
service_type-psychological = Psychological support
service_type-transport = Transport, accompaniment
service_type-shelter = Placement in a shelter
service_type-admin = Help with papers
service_type-legal = Legal guidance
service_type-mediation = Family mediation
service_type-family_contact = Contact with the family
service_type-family_return = Return to family
service_type-school = Return to school or training
service_type-assistive = Assistive device
service_type-awareness = Awareness talk
service_type-other = Other

## service_result
service_result-done = Done
service_result-partly = Partly done
service_result-refused_by_person = Refused by the person
service_result-not_possible = Not possible

## shift_type
shift_type-day = Day tour
shift_type-night = Night tour
shift_type-cold_wave = Cold wave emergency
shift_type-call = Intervention on call
shift_type-follow_up = Follow-up
shift_type-awareness = Awareness

## weather
weather-none = Nothing particular
weather-cold_wave = Cold wave
weather-rain = Rain
weather-snow = Snow
weather-heat = Heat

## cancel_reason
cancel_reason-breakdown = Breakdown
cancel_reason-weather = Weather
cancel_reason-no_crew = No crew
cancel_reason-security = Security
cancel_reason-other = Other

## crew_role
crew_role-social_worker = Social worker
crew_role-nurse = Nurse
crew_role-psychologist = Psychologist
crew_role-educator = Educator
crew_role-driver = Driver
crew_role-volunteer = Volunteer
crew_role-other = Other

## partner
partner-local_authority = Local authority
partner-civil_protection = Civil protection
partner-red_crescent = Red Crescent
partner-security = Police or gendarmerie
partner-association = Association
partner-other = Other
