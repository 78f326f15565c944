### Les pages des fiches, des listes de fiches et de l'inscription.
### À faire relire par un travailleur social marocain avant tout usage.

## Names of records and links
colon = {" "}:
ref-unknown = une fiche
ref-no-code = personne sans code
device-unknown = appareil inconnu
link-to = ({ $what })

## A record
conflict-shown = affichée jusqu'à une décision
conflict-settle = Comment trancher ?
conflict-settle-how = Un appareil de l'unité tranche : tapez-y l'une de ces lignes. Toutes les valeurs restent dans l'historique.
record-id = Identifiant, pour les commandes :
history-counted-times = { $who } a ajouté { $n } à { $field }, en { $times } fois, du { $time } au { $until }.

## All records of a day
records-list = Toutes les fiches de la journée
records-by-time = Par ordre d'heure
left-out = Non comptées comme rencontres :
record-is-voided = annulée
paging = Pages de la liste
page-previous = Page précédente
page-next = Page suivante
page-of = Page { $page } sur { $pages }
print-left-out = Non imprimé, à voir à l'écran : { $lists }.

## What was set aside
aside-title = Mises de côté
aside-list = Modifications non admises
aside-note = Rien n'en est perdu : elles sont conservées telles quelles et personne ne peut les lire ici.
aside-none = Rien n'est mis de côté.
aside-show = Voir la liste
aside-received = Reçue
aside-scope = Destinée à
aside-device = Appareil
aside-why = Motif
aside-unknown-record = une fiche absente d'ici

## An enrolment link in a browser
enrol-title = Rejoindre une unité
enrol-what = Ce lien rattache un appareil à une unité. Il s'utilise sur l'appareil lui-même, pas dans un navigateur.
enrol-step-copy = Copiez l'adresse entière de cette page. Le code se trouve à la fin, après le signe #.
enrol-step-run = Sur l'ordinateur du véhicule, ouvrez un terminal et tapez :
enrol-step-quotes = Mettez entre les apostrophes l'adresse que vous avez copiée.
enrol-private = Le code ne quitte pas ce navigateur. Ne transmettez le lien à personne d'autre.

## Numbers with their plural forms
conflict-values =
    { $n ->
         [one] { $n } valeur :
        *[other] { $n } valeurs :
    }
count-encounters =
    { $n ->
         [one] { $n } fiche de rencontre
        *[other] { $n } fiches de rencontre
    }
count-tours =
    { $n ->
         [one] { $n } tournée
        *[other] { $n } tournées
    }
count-referrals =
    { $n ->
         [one] { $n } orientation
        *[other] { $n } orientations
    }
count-follow-ups =
    { $n ->
         [one] { $n } suivi
        *[other] { $n } suivis
    }
left-out-voided =
    { $n ->
         [one] { $n } annulée
        *[other] { $n } annulées
    }
left-out-drafts =
    { $n ->
         [one] { $n } encore sans issue
        *[other] { $n } encore sans issue
    }
left-out-attempts =
    { $n ->
         [one] { $n } tentative sans contact
        *[other] { $n } tentatives sans contact
    }
left-out-observed =
    { $n ->
         [one] { $n } simple observation
        *[other] { $n } simples observations
    }
records-all =
    { $n ->
         [one] Voir la fiche de la journée ({ $n })
        *[other] Voir les { $n } fiches de la journée, par ordre d'heure
    }
enrol-once =
    { $n ->
         [one] Un seul appareil peut l'utiliser, dans l'heure ({ $n }) qui suit sa création.
        *[other] Un seul appareil peut l'utiliser, dans les { $n } heures qui suivent sa création.
    }
