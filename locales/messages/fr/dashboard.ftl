### The pages supervisors see.
### À faire relire par un travailleur social marocain avant tout usage.

## Every page
app-name = Jisr
skip = Aller au contenu
language = Langue
sign-out = Se déconnecter
sign-in = Se connecter
sign-in-title = Accès à l'activité du jour
sign-in-name = Compte
sign-in-password = Mot de passe
sign-in-refused = Compte ou mot de passe incorrect. Rien n'a été modifié. Réessayez, ou demandez à la personne qui gère le serveur.
sign-in-wait = Trop de tentatives. Attendez quelques minutes, puis réessayez.
signed-in-as = Connecté : { $name }
nav = Pages
nav-activity = Activité du jour

## The day
day-title = Activité du jour
day-previous = Jour précédent
day-next = Jour suivant
day-pick = Jour
day-show = Afficher
territory = Territoire
territory-region = Toute la région
filter-unit = Unité
filter-province = Province
filter-remove = Tout afficher

## Completeness
completeness = Complétude
as-of = Situation à { $time }
as-of-dated = Situation le { $date } à { $time }
at-time = à { $time }
at-date-time = le { $date } à { $time }
since-time = depuis { $time }
since-date-time = depuis le { $date } à { $time }
units-in =
    { $reported ->
         [one] { $expected ->
             [one] { $reported } unité sur { $expected } attendue a tout transmis.
            *[other] { $reported } unité sur { $expected } attendues a tout transmis.
         }
        *[other] { $reported } unités sur { $expected } attendues ont tout transmis.
    }
day-complete = La journée est complète.
day-incomplete = La journée n'est pas complète : les chiffres peuvent augmenter.
day-nothing-expected = Aucune tournée prévue ni commencée.
waiting-none = Rien n'attend sur les téléphones.
waiting-unknown = Aucun téléphone n'a indiqué ce qui y attend.
missing-units = Manquantes
no-tour-planned = Aucune tournée prévue
silent-devices = Muets depuis deux semaines
clock-suspects = Horloges déréglées
reason-not_yet_due = départ prévu { $time }
reason-not_opened = prévue { $time }, non commencée
reason-shift_open = en tournée { $time }
reason-shift_open_unknown = tournée non terminée
reason-no_contact = sans contact { $time }
reason-never = jamais en contact
reason-waiting_unknown = un téléphone n'a pas indiqué ce qui y attend
reason-no_device_known = aucun appareil connu

## Figures
figures = La journée en chiffres
tile-persons = Personnes rencontrées
tile-persons-range = { $least } à { $most }
tile-persons-note = des inconnus ont pu être vus deux fois
tile-encounters = Rencontres
tile-minors = Mineurs
tile-women = Femmes
tile-new = Nouvelles personnes
tile-referrals = Orientations
tile-shelter = Mises à l'abri
tile-rough = Dorment dehors, tournées de nuit
tile-tours = Tournées effectuées
tile-none-planned = aucune prévue
tile-of-planned =
    { $n ->
         [one] sur { $n } prévue
        *[other] sur { $n } prévues
    }
by-hour = Rencontres par heure
by-hour-desc =
    { $n ->
         [one] { $n } rencontre située par heure, à { $hour }.
        *[other] { $n } rencontres réparties par heure, le plus à { $hour } ({ $most }).
    }
by-hour-none = Aucune rencontre placée par heure.
by-hour-unplaced = Sans heure sûre : { $n }
as-table = Les mêmes chiffres en tableau
hour = Heure

## Units
units = Unités
col-unit = Unité
col-state = État
col-last-contact = Dernier contact
col-waiting = En attente
col-encounters = Rencontres
col-persons = Personnes connues
col-minors = Mineurs
col-referrals = Orientations
col-total = Tout le territoire
state-in = complète
state-fresh = en tournée, contact récent
state-late = en tournée, en retard
state-waiting = des fiches attendent sur ses téléphones
state-unopened = tournée prévue, non commencée
state-incomplete = n'a pas tout transmis
state-silent = silencieuse
state-ahead = tournée à venir
state-off = hors service
not-known = inconnu
distinct-note = Chaque personne est comptée une fois : la somme des unités peut dépasser le total.

## Needs and gifts
needs = Besoins exprimés
given = Prestations fournies
nothing-recorded = Rien d'enregistré.

## Records
latest = Dernières fiches
col-time = Heure
col-kind = Type
col-outcome = Issue
record-open = Ouvrir la fiche
disagreements = Champs renseignés différemment par deux personnes
disagreements-none = Aucun n'attend de décision.
disagreements-note = Toutes les valeurs sont conservées. La première est affichée jusqu'à une décision.
col-record = Fiche
col-field = Champ
col-values = Valeurs
by-whom = { $who }, { $time }
somebody = quelqu'un
review = À vérifier
review-possible_duplicate_person = deux rencontres qui sont peut-être un seul contact : la même personne à moins d'un quart d'heure
review-possible_duplicate_place = deux rencontres qui sont peut-être un seul contact : le même lieu à moins d'un quart d'heure
review-shift_too_long = une tournée de plus de 18 heures
review-shift_not_closed = une tournée non clôturée à midi le lendemain
review-shift_ends_before_start = une tournée qui finit avant de commencer
review-kilometres_implausible = relevés kilométriques improbables
review-staff_on_two_vehicles = un agent dans deux véhicules à la fois
review-accompaniment_contradictory = deux indications sur l'accompagnement d'un enfant
review-referral_contradictory = une orientation avec deux issues
review-follow_up_contradictory = un suivi à la fois fait et abandonné
review-other = un point à vérifier

## A record
record-title = Fiche
record-fields = Contenu
record-history = Historique
record-back = Retour à la journée
col-value = Valeur
history-created = { $who } l'a saisie le { $time }.
history-set = { $who } a mis { $field } à { $value } le { $time }.
history-counted = { $who } a ajouté { $n } à { $field } le { $time }.
history-cleared = { $who } a effacé { $field } le { $time }.
record-voided = Cette fiche ne compte plus : { $reason }.
value-yes = oui
value-no = non
value-age-years = { $age } ans
value-in-record = voir la fiche
value-for-group = pour le groupe

## Foot
foot-zone = Fuseau { $zone }, données { $version }
foot-stamp = Empreinte
foot-stamp-help = Même empreinte, mêmes chiffres.
foot-version = Jisr { $version }, définitions { $definitions }

## Errors as pages
error-title = Cela n'a pas fonctionné
error-home = Vers l'activité du jour
technician-title = Ce compte gère le service
technician-text = Il ne voit ni chiffres ni fiches. Les unités, appareils et comptes se gèrent avec la commande jisr-server sur le serveur.

## Numbers with their plural forms
unit-waiting =
    { $n ->
         [one] { $n } fiche en attente
        *[other] { $n } fiches en attente
    }
reason-set_aside =
    { $n ->
         [one] { $n } fiche mise de côté
        *[other] { $n } fiches mises de côté
    }
reason-unreadable =
    { $n ->
         [one] { $n } fiche illisible
        *[other] { $n } fiches illisibles
    }
waiting-on-phones =
    { $n ->
         [one] { $n } fiche attend encore sur un téléphone.
        *[other] { $n } fiches attendent encore sur les téléphones.
    }
devices-not-saying =
    { $n ->
         [one] { $n } téléphone ne l'a pas indiqué : il peut y en avoir plus.
        *[other] { $n } téléphones ne l'ont pas indiqué : il peut y en avoir plus.
    }
tile-possible-minors =
    { $n ->
         [one] et { $n } mineur possible
        *[other] et { $n } mineurs possibles
    }
clock-ahead =
    { $n ->
         [one] { $n } minute en avance
        *[other] { $n } minutes en avance
    }
clock-ahead-hours =
    { $n ->
         [one] { $n } heure en avance
        *[other] { $n } heures en avance
    }
clock-behind =
    { $n ->
         [one] { $n } minute en retard
        *[other] { $n } minutes en retard
    }
clock-behind-hours =
    { $n ->
         [one] { $n } heure en retard
        *[other] { $n } heures en retard
    }

## What was set aside
aside-back = Tout ce qui est mis de côté
aside-what = De quoi il s'agit
aside-bytes = Octets
aside-fields = Changerait
aside-fields-unknown = On ne peut le dire : ne convient pas à sa fiche
aside-release-now = Peut être admis maintenant
aside-release-yes = Oui
aside-release-no = Non : { $reason }
aside-waits-long = attend depuis plus d'un jour
aside-decide = Décider
aside-reason = Motif
aside-reason-note = Il figure au journal d'audit. Ne nommez aucune personne rencontrée.
aside-release = Admettre
aside-discard = Rejeter : ne jamais admettre
aside-discard-note = Ce qui est rejeté n'est plus gardé ici, seulement sur le téléphone qui l'a écrit. Le téléphone en est averti à son prochain contact ; s'il est désactivé, seulement une fois inscrit à nouveau.
aside-told-let-in = C'est admis. Le téléphone qui l'a écrit en est averti à son prochain contact ; s'il est désactivé, seulement une fois inscrit à nouveau.
aside-told-known = C'était déjà admis.
aside-told-waits = Plus rien ne s'y oppose. Ce sera admis quand arrivera ce sur quoi il repose.
aside-told-refused = Cela reste de côté : ne convient pas à sa fiche.
aside-told-discarded = C'est rejeté. Le téléphone qui l'a écrit en est averti à son prochain contact ; s'il est désactivé, seulement une fois inscrit à nouveau.
aside-told-unknown = Ce n'est plus mis de côté.
aside-one = Un changement qui n'a pas été admis
aside-next = Plus anciens
