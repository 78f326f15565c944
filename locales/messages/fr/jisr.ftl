### Ce que dit la ligne de commande de terrain jisr.

## Résultats
jisr-edited = Modifié, et gardé sur cet appareil.
jisr-unchanged = Rien ne diffère : rien n'a été modifié.
jisr-enrolled = Cet appareil appartient maintenant à { $unit }.
jisr-recorded-at = C'était le { $time }.
jisr-synced = Envoyé : { $sent }, reçu : { $received }.
jisr-synced-carried = D'autres appareils, le serveur a répondu pour : { $n }
jisr-synced-files = Fichiers portés remis : { $n }
jisr-synced-files-refused = Fichiers portés que le serveur ne peut pas utiliser : { $n }. Ils ne sont plus portés ; qui les a exportés a toujours tout et peut exporter à nouveau.
jisr-synced-files-waiting = Fichiers portés pas encore remis : { $n }. Ils sont gardés ici et seront proposés à la prochaine synchronisation.
jisr-synced-aside = Mis de côté, à vérifier : { $n }.
jisr-settled = Tranché, et gardé sur cet appareil.
jisr-logged-out = Cet appareil n'appartient plus à aucun service.
jisr-never = jamais
jisr-last-success = Dernier envoi réussi : { $time }
jisr-drafts =
    { $n ->
        [one] Un brouillon, sur cet appareil seulement
       *[other] { $n } brouillons, sur cet appareil seulement
    }
jisr-day = Chiffres du { $day }, d'après cet appareil
jisr-day-own = Ce que gardent les autres appareils n'y est pas. En attente ici : { $n }.
jisr-history = Historique
jisr-conflict = { $field } a reçu des valeurs différentes de plusieurs personnes :
jisr-aside-because = Mis de côté : { $reason }
jisr-removed = retiré
jisr-yes = oui
jisr-no = non
jisr-kept = Gardé sur cet appareil : { $id }
jisr-kept-draft = Brouillon gardé sur cet appareil seulement : { $id }. Pour le terminer : jisr finish { $id }
jisr-kept-person = Personne gardée sur cet appareil : { $id }
jisr-kept-referral = Orientation gardée sur cet appareil : { $id }
jisr-kept-follow-up = Suivi gardé sur cet appareil : { $id }
jisr-finished = Le brouillon est une fiche maintenant, gardée sur cet appareil et à envoyer : { $id }
jisr-discarded = Le brouillon a été jeté.
jisr-discard-sure = Jeter le brouillon { $id } ? Il ne pourra pas être retrouvé.
jisr-discard-not = Rien n'a été jeté : le brouillon est toujours là.
jisr-draft-ready = C'est un brouillon, et rien n'y manque. Pour le terminer : jisr finish { $id }
jisr-draft-lacks = C'est un brouillon, il y manque : { $what }. Ensuite : jisr finish { $id }
jisr-shift-started = Tournée ouverte, gardée sur cet appareil : { $id }
jisr-shift-ended = Tournée terminée, gardée sur cet appareil : { $id }
jisr-shift-day = Cette tournée compte pour le { $day }.
jisr-none = Rien n'a été trouvé.
jisr-none-follow-ups = Aucun suivi en attente.
jisr-none-conflicts = Aucune valeur différente à trancher.
jisr-store = Dossier : { $store }
jisr-between = { ", " }
jisr-in-line = Ligne { $n } :
jisr-safe-lines = les fiches d'avant ({ $n }) sont gardées sur cet appareil, ne les redonnez pas : { $ids }
jisr-keep-held = Sur cet appareil : { $n } fiches sur { $records } au plus, { $megabytes } Mo
jisr-keep-rule = Ce qui a plus de { $days } jours, est clos et se trouve dans une sauvegarde du serveur quitte cet appareil ; au-delà de { $records } fiches, plus tôt.
jisr-keep-left =
    { $n ->
        [one] Une fiche est partie. Le serveur l'a : jisr recall ID
       *[other] { $n } fiches sont parties. Le serveur les a : jisr recall ID
    }
jisr-keep-nearly-full = Cet appareil contient tant de fiches qu'il peut devenir lent. Synchronisez ; si cela reste, demandez à la base si le serveur fait ses sauvegardes : d'ici là, rien ne part. Rien n'est perdu.
jisr-recalled-here = { $id } est sur cet appareil : jisr show { $id }
jisr-recalled = { $id } viendra à la prochaine synchronisation : jisr sync
jisr-day-left =
    { $n ->
        [one] Une fiche de ce jour a quitté cet appareil et n'est pas dans ces chiffres. Le serveur la compte.
       *[other] { $n } fiches de ce jour ont quitté cet appareil et ne sont pas dans ces chiffres. Le serveur les compte.
    }
jisr-day-nothing = Rien n'est enregistré pour ce jour sur cet appareil.

## Où en est une fiche
jisr-state-draft = brouillon
jisr-state-here = sur cet appareil
jisr-state-sending = envoi
jisr-state-server = sur le serveur
jisr-state-aside = à vérifier

## L'état
jisr-strip-not-enrolled = Cet appareil n'est pas inscrit.
jisr-strip-all-sent = Tout est envoyé.
jisr-strip-waiting =
    { $n ->
        [one] { $n } fiche à envoyer
       *[other] { $n } fiches à envoyer
    }
jisr-strip-sending = Envoi { $n }
jisr-strip-no-connection = Pas de réseau : gardé sur cet appareil ({ $n })
jisr-strip-paused = Envoi en pause ({ $n })
jisr-strip-attention = À vérifier : { $n }
jisr-strip-revoked = Appareil désactivé : il ne reçoit plus rien. Toutes ses fiches restent ici.

## Suivis
jisr-follow-up-open = ouvert
jisr-follow-up-due = à faire
jisr-follow-up-late = en retard
jisr-follow-up-done = fait
jisr-follow-up-done_late = fait en retard
jisr-follow-up-cancelled = annulé

## Échecs : ce qui n'allait pas, et que faire. Ce qui reste sûr est le même pour tous.
jisr-safe = tout ce qui a été enregistré avant est sur cet appareil, dans { $store }
jisr-fail-offline = Le serveur n'a pas été joint.
jisr-fail-offline-next = Continuez d'enregistrer ; réessayez où il y a du réseau : jisr sync
jisr-fail-interrupted = La connexion a été coupée en route.
jisr-fail-interrupted-next = Ce qui est arrivé compte. Réessayez : jisr sync
jisr-fail-busy = Le serveur est occupé.
jisr-fail-busy-next = Réessayez dans quelques minutes : jisr sync
jisr-fail-revoked = Cet appareil n'est plus inscrit.
jisr-fail-revoked-next = Appelez le superviseur. Rien n'est effacé ici.
jisr-fail-not-enrolled = Cet appareil n'est pas encore inscrit.
jisr-fail-not-enrolled-next = Demandez un lien ou un code : jisr enrol 'LINK'. En attendant, gardez des brouillons : jisr record --draft
jisr-fail-already-enrolled = Cet appareil est déjà inscrit.
jisr-fail-already-enrolled-next = Pour l'inscrire ailleurs, envoyez tout (jisr sync), puis : jisr logout
jisr-fail-code-refused = Le code n'a pas été accepté : mal tapé, déjà utilisé ou trop ancien.
jisr-fail-code-refused-next = Vérifiez-le, ou demandez-en un nouveau.
jisr-fail-bad-address = { $what } n'est pas l'adresse d'un serveur, ou elle n'est pas chiffrée.
jisr-fail-bad-address-next = Donnez l'adresse comme elle a été donnée, telle que https://jisr.example.org
jisr-fail-update-needed = Cette version et celle du serveur ne se comprennent pas.
jisr-fail-update-needed-next = Mettez jisr à jour, puis : jisr sync
jisr-fail-clock-wrong = L'horloge de cet appareil est trop fausse.
jisr-fail-clock-wrong-next = Réglez l'horloge, puis : jisr sync
jisr-fail-refused = Le serveur a refusé : { $what }
jisr-fail-refused-next = Transmettez ce message au superviseur.
jisr-fail-protocol = La réponse du serveur n'a pas été comprise.
jisr-fail-protocol-next = Vérifiez l'adresse, mettez jisr à jour, puis : jisr sync
jisr-fail-invalid = { $what } : { $meant }
jisr-fail-invalid-next = Rien de cette commande n'a été gardé. Corrigez, ou gardez un brouillon : --draft
jisr-fail-not-found = { $what } n'est pas sur cet appareil.
jisr-fail-not-found-next = Cherchez : jisr list, jisr find. Si un autre appareil l'a : jisr sync
jisr-fail-left = { $what } est ancienne et a quitté cet appareil. Le serveur l'a.
jisr-fail-left-next = Pour la ravoir ici : jisr recall { $what }, puis jisr sync
jisr-fail-not-granted = { $what } est une fiche d'une unité ou d'une province à laquelle cet appareil n'appartient plus.
jisr-fail-not-granted-next = Rien n'a été gardé. Saisissez sans nommer cette fiche, ou comme une nouvelle personne.
jisr-fail-logout-asks = { $what } fiches quitteraient cet appareil. Le serveur les a toutes.
jisr-fail-logout-asks-next = Une sauvegarde du serveur n'a peut-être pas encore les plus récentes : attendez-en une si possible. Ensuite : jisr logout --yes, et faites révoquer l'appareil à la base.
jisr-fail-unreadable = Illisible : { $what }
jisr-fail-unreadable-next = Mettez jisr à jour pour la voir.
jisr-fail-written-once = Fixé à la création : { $what }
jisr-fail-written-once-next = Ce champ est fixé à la création. Ajoutez plutôt une note.
jisr-fail-remark-rewritten = Ce qui est écrit ne se modifie pas : { $what }
jisr-fail-remark-rewritten-next = Les notes s'ajoutent seulement : ajoutez-en une autre.
jisr-fail-text-too-long = { $what } : le texte a plus de { $value } caractères.
jisr-fail-text-too-long-next = Rien de cette commande n'a été gardé. Raccourcissez, ou écrivez deux notes.
jisr-fail-not-concurrent = Cette valeur n'est aucune de celles qui ont été données.
jisr-fail-not-concurrent-next = Regardez-les de nouveau : jisr conflicts
jisr-fail-unsent = { $what } fiches ne sont pas encore envoyées et seraient perdues. Rien n'a été modifié.
jisr-fail-unsent-next = Envoyez-les d'abord : jisr sync. Les brouillons (jisr list --drafts) se terminent ou se jettent : jisr finish ID ou jisr discard ID
jisr-fail-store-in-use = Un autre programme a ouvert le dossier { $store }.
jisr-fail-store-in-use-next = Fermez-le, ou attendez un instant, puis réessayez.
jisr-fail-store-full = Le disque est plein.
jisr-fail-store-full-next = Rien de cette commande n'a été gardé. Libérez de la place, puis réessayez.
jisr-fail-store-newer = Le dossier { $store } a été écrit par une version plus récente.
jisr-fail-store-newer-next = Il a été laissé tel quel. Mettez jisr à jour.
jisr-fail-store-damaged = Le dossier { $store } est endommagé : { $what }
jisr-fail-store-damaged-next = Copiez le dossier ailleurs et appelez le superviseur. N'effacez rien.
jisr-fail-store-no-access = { $store } ne peut pas servir : ce compte n'a pas le droit d'y écrire, ou ce n'est pas un dossier.
jisr-fail-store-no-access-next = Rien n'y a été changé. Prenez le compte auquel il appartient, ou un autre dossier : --store DOSSIER
jisr-fail-store-failed = Le dossier { $store } a échoué : { $what }
jisr-fail-store-failed-next = Regardez si la fiche y est (jisr list) avant de la retaper.
jisr-fail-unknown-field = Il n'y a pas de champ { $what }. Peut-être : { $meant }
jisr-fail-unknown-field-next = Rien de cette fiche n'a été gardé. Corrigez le nom et réessayez.
jisr-fail-unknown-code = { $value } n'est pas un code de { $what }. Peut-être : { $meant }
jisr-fail-unknown-code-next = Rien de cette fiche n'a été gardé. Corrigez le code et réessayez.
jisr-fail-not-an-object = Une fiche est un objet, comme { "{" }"outcome": "engaged"{ "}" }.
jisr-fail-not-an-object-next = Rien de cette fiche n'a été gardé. Corrigez et réessayez.
jisr-fail-no-open-shift = Aucune tournée n'est ouverte.
jisr-fail-no-open-shift-next = Voyez les tournées : jisr list shifts
jisr-fail-shift-of-other = La tournée ouverte a été commencée sur un autre appareil : { $what }
jisr-fail-shift-of-other-next = Si c'est à vous de la terminer : jisr shift end --tour { $what }
jisr-fail-shift-open = Une tournée est déjà ouverte : { $what }
jisr-fail-shift-open-next = Terminez-la d'abord : jisr shift end
jisr-fail-enrol-offline = Aucun serveur ne répond à { $what }.
jisr-fail-enrol-offline-next = Vérifiez l'adresse et le réseau, puis refaites la même commande. En attendant, gardez des brouillons : jisr record --draft
jisr-fail-enrol-not-jisr = Ce qui répond à { $what } n'est pas un serveur Jisr.
jisr-fail-enrol-not-jisr-next = Recopiez le lien entier comme il a été donné, entre apostrophes : jisr enrol 'https://…/enrol#CODE'
jisr-fail-no-code = Il n'y a pas de code avec l'adresse { $what }.
jisr-fail-no-code-next = Mettez le lien entier entre apostrophes, ou le code derrière : jisr enrol { $what } CODE
jisr-fail-argument = { $value } ne convient pas pour { $what }. Attendu : { $meant }
jisr-fail-argument-next = Rien de cette commande n'a été gardé. Corrigez la valeur et réessayez.
jisr-fail-too-many = { $value } est plus que ce qui est accepté pour { $what } : { $meant } au plus.
jisr-fail-too-many-next = Rien de cette commande n'a été gardé. Corrigez le nombre et réessayez.
jisr-fail-not-json = Ce n'est pas du JSON à { $what }.
jisr-fail-not-json-next = Exemple : { "{" }"outcome": "engaged"{ "}" }. Voyez : jisr record --help
jisr-fail-future = { $what } : { $value } n'est pas encore passé ; l'horloge de cet appareil dit { $meant }. Au plus 5 minutes d'avance sont acceptées.
jisr-fail-future-next = Rien de cette commande n'a été gardé. Corrigez l'heure, ou l'horloge de l'appareil.
jisr-fail-lacks = Il manque : { $what }
jisr-fail-lacks-next = Rien de cette commande n'a été gardé. Ajoutez ce qui manque, ou gardez un brouillon : --draft
jisr-fail-draft-lacks = Il manque à ce brouillon : { $what }
jisr-fail-draft-lacks-next = Ajoutez-le : jisr edit { $value } …, puis : jisr finish { $value }
jisr-fail-not-a-draft = { $value } n'est pas un brouillon : ni à terminer, ni à jeter.
jisr-fail-not-a-draft-next = Voyez les brouillons : jisr list --drafts. Pour annuler une fiche : jisr edit { $value } --void duplicate
jisr-fail-draft-named = Un brouillon de rencontre nomme cette personne : { $value }
jisr-fail-draft-named-next = Rien n'a été jeté. Jetez la rencontre, la personne part avec : jisr discard { $value }
jisr-fail-discard-ask = Il n'est pas dit que le brouillon peut être jeté.
jisr-fail-discard-ask-next = Rien n'a été jeté. Pour le dire : jisr discard { $value } --yes
jisr-fail-place-both = Un lieu est donné, et il est dit que le lieu n'est pas connu.
jisr-fail-place-both-next = Rien de cette commande n'a été gardé. Enlevez l'un des deux.
jisr-fail-referral-nobody = L'orientation n'est pour personne.
jisr-fail-referral-nobody-next = Rien de cette commande n'a été gardé. Dites la personne ou la rencontre : --person ou --encounter
jisr-fail-ambiguous = { $value } peut être plusieurs fiches :{ $meant }
jisr-fail-ambiguous-next = Refaites la commande avec un identifiant plus long.
jisr-fail-wrong-kind = { $value } ne convient pas pour { $what }. Ce que c'est, et ce qui est attendu : { $meant }
jisr-fail-wrong-kind-next = Rien de cette commande n'a été gardé. Cherchez : jisr list, jisr find
jisr-fail-short-code-slip = { $value } n'est pas un code court : un de ses signes est faux.
jisr-fail-short-code-slip-next = Vérifiez-le, ou cherchez par surnom : jisr find
jisr-fail-unknown-person = Aucune personne { $value } n'est connue sur cet appareil ({ $what }).
jisr-fail-unknown-person-next = Si un autre appareil l'a, prenez-la d'abord : jisr sync. Sinon, enregistrez sans --person, ou avec --person new
jisr-fail-not-an-id = { $what } : ce qui est écrit n'est ni un identifiant ni un code court.
jisr-fail-not-an-id-next = Rien de cette commande n'a été gardé. Cherchez : jisr list, jisr find
jisr-fail-alias-alone = { $what } est pour une personne nouvelle seulement.
jisr-fail-alias-alone-next = Rien de cette commande n'a été gardé. Ajoutez --person new
jisr-fail-edit-json = Cette fiche ({ $what }) ne se modifie qu'en JSON.
jisr-fail-edit-json-next = Rien n'a été modifié. Voyez ses champs : jisr show { $value } --json, puis : jisr edit { $value } --json -
jisr-fail-edit-new-person = { $what } ne va pas pour modifier une rencontre.
jisr-fail-edit-new-person-next = Rien n'a été modifié. Ajoutez d'abord la personne : jisr person add, puis : jisr edit … --person
jisr-fail-edit-which-person = Cette rencontre a { $value } personnes : laquelle, cela ne se sait pas.
jisr-fail-edit-which-person-next = Rien n'a été modifié. Utilisez jisr edit … --json - avec la clé de la personne que montre jisr show … --json
jisr-fail-flag-not-of-kind = { $what } ne va pas avec : { $meant }
jisr-fail-flag-not-of-kind-next = Rien n'a été modifié. Enlevez-le et réessayez.
jisr-fail-no-conflict = Aucune valeur différente dans { $value }.
jisr-fail-no-conflict-next = Voyez : jisr conflicts
jisr-fail-no-conflict-field = { $value } n'est aucun des champs différents, qui sont : { $meant }
jisr-fail-no-conflict-field-next = Rien n'a été modifié. Voyez : jisr conflicts
jisr-fail-no-conflict-value = Cette valeur n'est aucune de celles que { $what } a reçues.
jisr-fail-no-conflict-value-next = Rien n'a été modifié. Voyez : jisr conflicts
jisr-fail-ends-before-start = { $what } : { $value } est avant le début de la tournée, { $meant }.
jisr-fail-ends-before-start-next = Rien de cette commande n'a été gardé. Corrigez l'heure et réessayez.
jisr-fail-no-home = Le dossier des données de l'utilisateur n'est pas connu.
jisr-fail-no-home-next = Nommez un dossier : jisr --store FOLDER, ou JISR_STORE
jisr-fail-store-elsewhere = Les fiches sont dans { $what } ; leur place habituelle est maintenant { $meant }. Rien n'a été ouvert.
jisr-fail-store-elsewhere-next = Déplacez-les : mv { $what } { $meant } ou utilisez : jisr --store { $what }
jisr-fail-broken-off = Les questions ont été arrêtées. Les réponses ne sont pas gardées.
jisr-fail-broken-off-next = Recommencez : jisr record
jisr-fail-no-file = Il n'y a pas de fichier { $what }.
jisr-fail-no-file-next = Corrigez le nom ; - veut dire l'entrée.
jisr-fail-io = { $what } est inutilisable : { $meant }
jisr-fail-io-next = Vérifiez, puis réessayez.
jisr-fail-other = Échec : { $what }
jisr-fail-other-next = Réessayez ; si cela échoue encore, transmettez ce message au superviseur.

## Chiffres d'une journée
jisr-figure-tours = Tournées
jisr-figure-tour_hours = Heures de tournée
jisr-figure-staff_hours = Heures d'équipe
jisr-figure-kilometres = Kilomètres
jisr-figure-encounters = Rencontres
jisr-figure-contacts = Contacts
jisr-figure-attempts = Tentatives
jisr-figure-refusals = Refus
jisr-figure-known_persons = Personnes connues
jisr-figure-persons_met = Personnes rencontrées
jisr-figure-new_persons = Nouvelles personnes
jisr-figure-returning_persons = Personnes revues
jisr-figure-minors = Mineurs
jisr-figure-minors_by_band = Mineurs par âge
jisr-figure-unaccompanied_minors = Mineurs non accompagnés
jisr-figure-women = Femmes
jisr-figure-older_persons = Personnes âgées
jisr-figure-persons_with_disability = Personnes en situation de handicap
jisr-figure-sleeping_rough = Dorment dehors, tournées de nuit
jisr-figure-observed = Vus, non approchés
jisr-figure-services = Services
jisr-figure-items = Articles remis
jisr-figure-persons_served = Personnes servies
jisr-figure-referrals = Orientations
jisr-figure-shelter_placements = Mises à l'abri
jisr-figure-family_returns = Retours en famille
jisr-figure-follow_ups = Suivis
jisr-figure-by_hour = Par heure
jisr-figure-quality = À vérifier

## Parties des chiffres
jisr-range = au moins { $least }, au plus { $most }
jisr-headcount = { $known } connues et { $unknown } inconnues
jisr-headcount-unknown = { $unknown } inconnues
jisr-hours = { $hours } h { $minutes } min
jisr-part-planned = prévues
jisr-part-made = faites
jisr-part-cancelled = annulées
jisr-part-cancelled_by_reason = motifs d'annulation
jisr-part-broken_off = interrompues
jisr-part-open = ouvertes
jisr-part-not_opened = non ouvertes
jisr-part-open_tours = tournées encore ouvertes :
jisr-part-unmeasured_tours = tournées non mesurées :
jisr-part-kilometres = kilomètres
jisr-part-tours_without = tournées sans kilomètres
jisr-part-engaged = avec échange
jisr-part-brief = brefs
jisr-part-not_found = non trouvées
jisr-part-not_approached = non abordées pour raison de sécurité
jisr-part-asleep = endormies
jisr-part-out_of = sur
jisr-part-encounters = rencontres
jisr-part-known_persons = personnes connues
jisr-part-persons = personnes
jisr-part-undetermined = indéterminées
jisr-part-came_back = revenues après une longue absence
jisr-part-certain = certains
jisr-part-possible = possibles
jisr-part-age_unknown = âge inconnu
jisr-part-from_0_to_5 = 0–5 ans
jisr-part-from_6_to_11 = 6–11 ans
jisr-part-from_12_to_14 = 12–14 ans
jisr-part-from_15_to_17 = 15–17 ans
jisr-part-unsure = sans tranche certaine
jisr-part-minors = mineurs
jisr-part-contradictory = contradictoires
jisr-part-given = donnés
jisr-part-used_from_stock = sortis du stock
jisr-part-group_acts = services au groupe
jisr-part-accompanied = accompagnées
jisr-part-by_destination = par destination
jisr-part-confirmed = confirmés
jisr-part-due = à faire
jisr-part-on_time = à temps
jisr-part-late = en retard
jisr-part-done_undated = faits sans date
jisr-part-voided = annulées
jisr-part-drafts = sans résultat
jisr-part-possible_duplicates = doublons possibles
jisr-part-clock_suspects = horloge fausse
jisr-part-shift_unknown = tournée inconnue
jisr-part-conflicted = valeurs différentes
jisr-part-set_aside = mises de côté
jisr-part-unreadable = illisibles

## Ce qui peut se trouver à un endroit
jisr-expect-age = un âge comme 12, 10-14 ou 18+, jusqu'à 120
jisr-expect-time = une heure comme 22:14 ou "2026-11-23 22:14"
jisr-expect-keep-days = un nombre de jours de 7 à 3650
jisr-expect-keep-records = un nombre de fiches de 500 à 100000
jisr-expect-day = un jour comme 2026-11-23
jisr-expect-address = une adresse et un code comme jisr van share les montre, par exemple 192.168.1.20:7646 7KQ2-M9XD
jisr-expect-count = un code et un nombre comme meal=2
jisr-expect-quantity = un nombre de 1 à 10000
jisr-expect-position = une position comme geo:32.3394,-6.3608;u=12
jisr-expect-id = un identifiant comme jisr list le montre
jisr-expect-millis = un nombre de millisecondes depuis 1970
jisr-expect-bool = true ou false
jisr-expect-number = un nombre entier, pas négatif
jisr-expect-staff = une référence courte comme fz2
jisr-expect-json = une valeur comme jisr show ID --json la montre
jisr-expect-crew = un membre comme fz2 ou fz2=nurse

## Questions
jisr-ask-how = Flèches pour se déplacer, espace pour choisir, Entrée pour continuer ; vide : passer. Ctrl-C arrête.
jisr-ask-one = { $field } (flèches, puis Entrée)
jisr-ask-several = { $field } (espace pour choisir, Entrée pour continuer ou passer)
jisr-ask-who = Qui ? (flèches, puis Entrée)
jisr-who-new = Quelqu'un de nouveau, gardé sous pseudonyme
jisr-who-known = Quelqu'un de connu
jisr-who-unknown = Quelqu'un qui ne sera pas reconnu
jisr-who-again = Chercher encore
jisr-ask-known = Son surnom ou son code court
jisr-ask-which = Lequel ? (flèches, puis Entrée)
jisr-ask-age = Âge : 12, 10-14 ou 18+ (vide : inconnu)
jisr-ask-alias = Ce nom lui est donné (vide : passer)
jisr-ask-place = Le lieu en mots, ou ? s'il n'est pas connu
jisr-ask-place-empty = Écrivez le lieu, ou ? s'il n'est pas connu
jisr-ask-note = Note, sans noms (vide : passer)
jisr-ask-quantity = { $thing } : combien ? (vide : 1)
jisr-ask-too-long = Plus de { $n } caractères
jisr-ask-keep-draft = Arrêté. Garder les réponses comme brouillon ?

## Sans serveur : rencontres d'appareils et fichiers de transport
jisr-strip-handed-over = Dont { $n } aussi sur d'autres appareils ({ $devices }). Elles attendent ici jusqu'à ce que le serveur les ait.
jisr-strip-carried = Transportées pour d'autres appareils : { $n }
jisr-strip-carried-files = Fichiers portés à remettre : { $n }. Dès qu'il y a une connexion : jisr sync
jisr-strip-carried-nearly-full = Il reste peu de place pour ce que d'autres remettent : rejoignez bientôt le serveur.
jisr-state-carried = transportée pour un autre appareil
jisr-van-listening = Sur l'autre appareil : jisr van join { $address } { $code }
jisr-van-waits = Attente d'un appareil : { $minutes } minutes. Les autres commandes restent utilisables ; Ctrl-C pour arrêter.
jisr-van-met = Appareil de { $unit } rencontré : donné { $given }, reçu { $received }.
jisr-van-full = Tout n'a pas trouvé place. Ce qui n'a pas tenu reste où il était.
jisr-van-share-full = L'un des deux garde déjà pour l'autre autant qu'il le peut : rien de plus n'a été pris. Ce qui n'a pas été pris reste où il était ; que celui qui le garde rejoigne le serveur.
jisr-van-too-old = Pas pris : { $n }. D'après l'horloge de l'appareil qui devait les prendre, leur auteur n'a pas rejoint le serveur depuis trop longtemps. Ils restent où ils étaient. L'horloge de cet appareil dit { $now } : est-elle juste sur les deux ?
jisr-van-still-waits = Tout continue d'attendre ici jusqu'à ce que le serveur lui-même l'ait.
jisr-carry-exported = { $n } modifications sont dans { $file }, que seul le serveur peut ouvrir.
jisr-carry-left = { $n } modifications n'ont pas tenu : faites d'abord importer ce fichier, puis exportez à nouveau après une synchronisation.
jisr-carry-nothing = Rien à porter : le serveur a tout ce qui est ici. Aucun fichier n'a été écrit.
jisr-carry-taken = Pris en charge : { $n } modifications. Elles seront remises à la prochaine synchronisation.
jisr-fail-carried-full = Tant de choses sont déjà transportées pour d'autres qu'il n'y a plus de place.
jisr-fail-carried-full-next = L'autre appareil a toujours tout. Rejoignez le serveur (jisr sync), puis réessayez.
jisr-fail-carried-share = Tant de choses sont déjà gardées pour l'appareil qui a remis ceci qu'on n'en prend plus de lui.
jisr-fail-carried-share-next = Il a toujours tout. Rejoignez le serveur (jisr sync), puis réessayez.
jisr-fail-van-no-credentials = Le serveur n'a pas encore dit aux autres appareils qui est celui-ci.
jisr-fail-van-no-credentials-next = Synchronisez une fois là où il y a du réseau : jisr sync
jisr-fail-van-not-found = Aucun appareil n'écoute à cette adresse.
jisr-fail-van-not-found-next = Les deux sont-ils sur le même réseau ? Lancez-y jisr van share, et tapez l'adresse et le code affichés.
jisr-fail-van-code = Le code à usage unique est un autre.
jisr-fail-van-code-next = Chaque code sert à une rencontre. Regardez à nouveau l'autre écran.
jisr-fail-van-share-over = Personne n'est venu à temps. Rien n'a été donné ni pris.
jisr-fail-van-share-over-next = Pour un nouveau code : jisr van share
jisr-fail-van-tries = Trop d'essais avec un autre code : celui-ci ne vaut plus. Rien ne leur a été donné.
jisr-fail-van-tries-next = Y a-t-il quelqu'un d'autre sur ce réseau ? Pour un nouveau code : jisr van share
jisr-fail-van-stranger = L'autre appareil n'est pas de ce service. Rien ne lui a été donné ni pris.
jisr-fail-van-stranger-next = Enregistrez-le d'abord auprès du même serveur.
jisr-fail-van-stale = D'après l'horloge de cet appareil, l'autre n'a pas rejoint le serveur depuis trop longtemps pour être cru.
jisr-fail-van-stale-next = L'horloge de cet appareil est-elle juste ? Sinon prenez un fichier (jisr carry export), ou laissez l'autre appareil se synchroniser d'abord.
jisr-fail-van-unproven = L'autre appareil a apporté quelque chose qui ne prouve rien. Ce qui est venu avant est gardé.
jisr-fail-van-unproven-next = Dites à qui gère le service de quel appareil il s'agit.
jisr-fail-carry-file-foreign = Ce n'est pas un fichier de transport.
jisr-fail-carry-file-foreign-next = Choisissez un fichier écrit par : jisr carry export
jisr-fail-carry-file-damaged = Le fichier de transport est abîmé : { $what }.
jisr-fail-carry-file-damaged-next = Rien n'a été pris en charge. L'appareil qui l'a écrit a toujours tout : exportez-le à nouveau.
jisr-fail-carry-file-newer = Une version plus récente a écrit ce fichier de transport.
jisr-fail-carry-file-newer-next = Mettez ce programme à jour, ou portez le fichier au serveur lui-même.
jisr-fail-carry-file-other-server = Le fichier de transport est pour un autre serveur.
jisr-fail-carry-file-other-server-next = Confiez-le à un appareil de ce service-là.
