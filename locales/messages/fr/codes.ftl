### Libellés des listes de codes, en français. Clés : <list>-<code>.
### À faire relire par un travailleur social marocain avant tout usage.

## contact_mode
contact_mode-in_person = Face à face
contact_mode-phone = Par téléphone
contact_mode-observed = Observation à distance seulement

## contact_outcome
contact_outcome-engaged = Contact établi, échange
contact_outcome-brief = Contact bref
contact_outcome-refused = Refus du contact
contact_outcome-not_found = Personne recherchée non trouvée
contact_outcome-asleep = Endormi(e), non réveillé(e)
contact_outcome-unable = Échange impossible (état, langue)
contact_outcome-unsafe = Non abordé(e) pour raison de sécurité
contact_outcome-observed = Observé(e) seulement

## contact_origin
contact_origin-patrol = Rencontre en maraude
contact_origin-follow_up = Suivi programmé
contact_origin-citizen = Signalement d'un citoyen
contact_origin-hotline = Numéro d'appel
contact_origin-authority = Autorité locale
contact_origin-security = Sûreté / Gendarmerie
contact_origin-prosecutor = Parquet
contact_origin-partner = Association ou établissement
contact_origin-health = Service de santé
contact_origin-self = Demande de la personne
contact_origin-family = Demande de la famille

## legal_basis
legal_basis-tally_only = Comptage sans donnée personnelle
legal_basis-consent_self = Consentement de la personne
legal_basis-consent_guardian = Consentement du tuteur
legal_basis-assent_child = Assentiment de l'enfant
legal_basis-best_interest = Intérêt supérieur de l'enfant
legal_basis-vital = Sauvegarde de la vie
legal_basis-legal_duty = Obligation légale
legal_basis-refused = Refus
legal_basis-pending = Non encore demandé

## observed_group
observed_group-men = Hommes
observed_group-women = Femmes
observed_group-boys = Garçons
observed_group-girls = Filles
observed_group-unknown = Non déterminé

## void_reason
void_reason-test = Saisie d'essai
void_reason-duplicate = Saisie en double
void_reason-wrong_person = Saisie pour une autre personne
void_reason-other = Autre erreur

## sex
sex-female = Femme
sex-male = Homme
sex-unknown = Non déterminé
sex-declined = Refus de répondre

## age_basis
age_basis-document = Document
age_basis-stated = Déclaré
age_basis-estimated = Estimé par l'équipe
age_basis-third_party = Tiers

## public
public-child_street = Enfant en situation de rue
public-homeless_adult = Personne sans abri
public-woman_difficult = Femme en situation difficile
public-woman_children = Femme avec enfants
public-disability = Personne en situation de handicap
public-elderly = Personne âgée
public-family = Famille à la rue
public-migrant = Migrant(e)
public-mental_distress = Personne en détresse psychique
public-other = Autre

## language
language-ar = Arabe (darija)
language-ber-tzm = Tamazight
language-fr = Français
language-other = Autre langue
language-sign = Langue des signes
language-none = Aucune langue commune

## relation
relation-parent = Parent
relation-sibling = Frère ou sœur
relation-partner = Conjoint(e)
relation-group = Même groupe
relation-carer = Personne en charge

## link_certainty
link_certainty-certain = Certain
link_certainty-likely = Probable
link_certainty-reported = Rapporté par un tiers

## crew_alert
crew_alert-none = Aucune alerte
crew_alert-health = Risque sanitaire
crew_alert-aggression = Agression possible
crew_alert-threatened = Personne menacée
crew_alert-trafficking_suspected = Suspicion de traite

## person_status
person_status-active = Suivi actif
person_status-dormant = Non rencontré(e) depuis longtemps
person_status-closed = Clôturé

## exit_reason
exit_reason-family = Retour en famille
exit_reason-shelter = Placement en centre
exit_reason-housing = Logement
exit_reason-handed_over = Relais à un autre service
exit_reason-moved = Départ de la région
exit_reason-hospital = Hospitalisation
exit_reason-detention = Détention
exit_reason-deceased = Décès
exit_reason-lost_contact = Perdu de vue
exit_reason-adult = Devenu majeur
exit_reason-other = Autre

## visibility
visibility-normal = Normale
visibility-restricted = Limitée à l'unité en charge

## place_type
place_type-street = Rue
place_type-souk = Souk / marché
place_type-bus_station = Gare routière
place_type-mosque_area = Abords de mosquée
place_type-garden = Jardin public
place_type-crossroads = Carrefour / feux
place_type-abandoned = Bâtiment abandonné
place_type-worksite = Chantier
place_type-school_area = Abords d'école
place_type-hospital_area = Abords d'hôpital
place_type-landfill = Décharge
place_type-roadside = Bord de route
place_type-douar = Douar
place_type-river_bridge = Pont / oued
place_type-shelter = Centre
place_type-other = Autre

## sleeping_situation
sleeping_situation-street = Rue / espace public
sleeping_situation-station = Gare routière
sleeping_situation-vehicle = Véhicule
sleeping_situation-abandoned = Bâtiment abandonné / chantier
sleeping_situation-makeshift = Abri de fortune
sleeping_situation-night_shelter = Hébergement d'urgence
sleeping_situation-homeless_centre = Centre pour personnes sans abri
sleeping_situation-women_centre = Espace multifonctionnel pour femmes
sleeping_situation-child_centre = Unité / centre de protection de l'enfance
sleeping_situation-hospital = Hôpital
sleeping_situation-detention = Détention
sleeping_situation-family = Chez la famille
sleeping_situation-third_party = Chez des tiers
sleeping_situation-own_at_risk = Logement menacé
sleeping_situation-own = Logement propre
sleeping_situation-unknown = Inconnu
sleeping_situation-declined = Refus de répondre

## street_connection
street_connection-lives_alone = Vit dans la rue, seul ou avec des pairs
street_connection-lives_family = Vit dans la rue avec sa famille
street_connection-works_returns = Travaille ou mendie, rentre dormir
street_connection-strong_link = Passe l'essentiel du temps dans l'espace public
street_connection-runaway = Fugue récente
street_connection-transit = En transit (migration)
street_connection-unknown = Inconnu

## accompaniment
accompaniment-unaccompanied = Non accompagné
accompaniment-separated = Séparé (avec un proche adulte)
accompaniment-with_parent = Avec un parent
accompaniment-with_carer = Avec un tuteur
accompaniment-with_unrelated_adult = Avec un adulte non apparenté
accompaniment-with_peers = Avec d'autres enfants
accompaniment-not_applicable = Sans objet
accompaniment-unknown = Inconnu

## protection_concern
protection_concern-violence_physical = Violence physique
protection_concern-violence_sexual = Violence sexuelle
protection_concern-violence_domestic = Violence domestique
protection_concern-begging_exploited = Exploitation dans la mendicité
protection_concern-child_labour = Travail des enfants
protection_concern-trafficking = Suspicion de traite
protection_concern-neglect = Négligence
protection_concern-abandonment = Abandon
protection_concern-early_marriage = Mariage de mineur(e)
protection_concern-substance = Usage de substances
protection_concern-health_urgent = État de santé urgent
protection_concern-mental = Détresse psychique
protection_concern-disability_unmet = Handicap sans appui
protection_concern-school_out = Déscolarisation
protection_concern-no_civil_record = Absence d'état civil
protection_concern-law_conflict = En contact / conflit avec la loi
protection_concern-pregnancy = Grossesse / mère seule
protection_concern-cold = Exposition au froid
protection_concern-lost = Enfant / personne égaré(e)
protection_concern-other = Autre
protection_concern-none_seen = Aucun constaté

## concern_certainty
concern_certainty-seen = Constaté par l'équipe
concern_certainty-said = Dit par la personne
concern_certainty-suspected = Suspecté

## risk
risk-high = Élevé
risk-medium = Moyen
risk-low = Faible
risk-not_assessed = Non évalué

## functional_difficulty
functional_difficulty-seeing = Voir
functional_difficulty-hearing = Entendre
functional_difficulty-walking = Marcher
functional_difficulty-remembering = Se souvenir
functional_difficulty-self_care = Prendre soin de soi
functional_difficulty-communicating = Communiquer

## referral_destination
referral_destination-cape = Centre d'accompagnement pour la protection de l'enfance
referral_destination-upe = Unité de protection de l'enfance
referral_destination-epse = Établissement de protection sociale
referral_destination-homeless_centre = Centre pour personnes sans abri
referral_destination-emf = Espace multifonctionnel pour femmes
referral_destination-disability_centre = Centre d'orientation et d'assistance (handicap)
referral_destination-elderly_home = Centre pour personnes âgées
referral_destination-entraide = Entraide Nationale
referral_destination-ads = Agence de développement social
referral_destination-hospital = Hôpital
referral_destination-health_centre = Centre de santé
referral_destination-prosecutor = Parquet
referral_destination-security = Sûreté / Gendarmerie
referral_destination-ambulance = Protection civile / SAMU
referral_destination-local_authority = Autorité locale
referral_destination-school = École / formation
referral_destination-association = Association
referral_destination-family = Famille
referral_destination-consulate = Consulat
referral_destination-other = Autre

## referral_status
referral_status-draft = Brouillon
referral_status-sent = Envoyée
referral_status-received = Reçue
referral_status-accepted = Acceptée
referral_status-refused_by_person = Refusée par la personne
referral_status-refused_by_provider = Refusée par l'organisme
referral_status-no_place = Pas de place
referral_status-attained = Aboutie
referral_status-not_attained = Non aboutie
referral_status-no_news = Sans nouvelles
referral_status-cancelled = Annulée

## shelter_refusal_reason
shelter_refusal_reason-prefers_place = Préfère rester
shelter_refusal_reason-fear = Peur / insécurité
shelter_refusal_reason-bad_experience = Mauvaise expérience
shelter_refusal_reason-rules = Règlement
shelter_refusal_reason-separation = Ne veut pas être séparé(e)
shelter_refusal_reason-income = Perte de revenu
shelter_refusal_reason-health = Santé
shelter_refusal_reason-none_given = Sans motif
shelter_refusal_reason-other = Autre

## urgency
urgency-h1 = Dans l'heure
urgency-h3 = Dans les trois heures
urgency-h24 = Dans les 24 heures
urgency-d3 = Dans les trois jours
urgency-routine = Sans urgence

## info_category
info_category-identity = Identité
info_category-contact = Coordonnées
info_category-situation = Situation
info_category-health = Santé
info_category-protection = Préoccupations de protection
info_category-family = Famille

## follow_up_kind
follow_up_kind-visit = Visite
follow_up_kind-phone = Appel
follow_up_kind-check_referral = Vérification d'une orientation
follow_up_kind-family_contact = Prise de contact avec la famille
follow_up_kind-document = Document
follow_up_kind-other = Autre

## priority
priority-high = Haute
priority-normal = Normale
priority-low = Basse

## service_type
service_type-listening = Écoute
service_type-orientation = Information, orientation
service_type-meal = Repas / aliments
service_type-hot_drink = Boisson chaude
service_type-blanket = Couverture
service_type-clothing = Vêtements
service_type-hygiene = Kit d'hygiène / douche
service_type-first_aid = Premiers soins
service_type-medical = Consultation médicale
service_type-psychological = Soutien psychologique
service_type-transport = Transport, accompagnement
service_type-shelter = Mise à l'abri
service_type-admin = Aide administrative
service_type-legal = Orientation juridique
service_type-mediation = Médiation familiale
service_type-family_contact = Prise de contact avec la famille
service_type-family_return = Retour en famille
service_type-school = Réinsertion scolaire / formation
service_type-assistive = Aide technique
service_type-awareness = Sensibilisation
service_type-other = Autre

## service_result
service_result-done = Fait
service_result-partly = Fait en partie
service_result-refused_by_person = Refusé par la personne
service_result-not_possible = Impossible

## shift_type
shift_type-day = Tournée de jour
shift_type-night = Tournée de nuit
shift_type-cold_wave = Urgence froid
shift_type-call = Intervention sur appel
shift_type-follow_up = Suivi
shift_type-awareness = Sensibilisation

## weather
weather-none = Rien de particulier
weather-cold_wave = Vague de froid
weather-rain = Pluie
weather-snow = Neige
weather-heat = Chaleur

## cancel_reason
cancel_reason-breakdown = Panne
cancel_reason-weather = Météo
cancel_reason-no_crew = Pas d'équipe
cancel_reason-security = Sécurité
cancel_reason-other = Autre

## crew_role
crew_role-social_worker = Assistant(e) social(e)
crew_role-nurse = Infirmier(ère)
crew_role-psychologist = Psychologue
crew_role-educator = Éducateur(trice)
crew_role-driver = Chauffeur
crew_role-volunteer = Bénévole
crew_role-other = Autre

## partner
partner-local_authority = Autorité locale
partner-civil_protection = Protection civile
partner-red_crescent = Croissant-Rouge
partner-security = Sûreté / Gendarmerie
partner-association = Association
partner-other = Autre
