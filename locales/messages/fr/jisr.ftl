### Ce que dit la ligne de commande de terrain jisr.

## Résultats
jisr-edited = Modifié, et gardé sur cet appareil.
jisr-unchanged = Rien ne diffère : rien n'a été modifié.
jisr-enrolled = Cet appareil appartient maintenant à { $unit }.
jisr-synced = Envoyé : { $sent }, reçu : { $received }.
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
jisr-strip-revoked = Appareil désactivé ({ $n } gardées ici)

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
jisr-fail-not-enrolled-next = Demandez un code : jisr enrol URL CODE. En attendant, gardez des brouillons : jisr record --draft
jisr-fail-already-enrolled = Cet appareil est déjà inscrit.
jisr-fail-already-enrolled-next = Pour l'inscrire ailleurs, envoyez tout (jisr sync), puis : jisr logout
jisr-fail-code-refused = Le code n'a pas été accepté : mal tapé, déjà utilisé ou trop ancien.
jisr-fail-code-refused-next = Vérifiez-le, ou demandez-en un nouveau.
jisr-fail-bad-address = Ce n'est pas l'adresse d'un serveur, ou elle n'est pas chiffrée.
jisr-fail-bad-address-next = Donnez une adresse comme https://jisr.example.org
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
jisr-fail-not-found = Introuvable : { $what }
jisr-fail-not-found-next = Cherchez : jisr list, jisr find
jisr-fail-unreadable = Illisible : { $what }
jisr-fail-unreadable-next = Mettez jisr à jour pour la voir.
jisr-fail-written-once = Non modifiable : { $what }
jisr-fail-written-once-next = Ce champ est fixé à la création. Ajoutez plutôt une note.
jisr-fail-remark-rewritten = Non modifiable : { $what }
jisr-fail-remark-rewritten-next = Les notes s'ajoutent seulement : ajoutez-en une autre.
jisr-fail-text-too-long = Trop long : { $what }
jisr-fail-text-too-long-next = Raccourcissez, ou écrivez deux notes.
jisr-fail-not-concurrent = Cette valeur n'est aucune de celles qui ont été données.
jisr-fail-not-concurrent-next = Regardez-les de nouveau : jisr conflicts
jisr-fail-unsent = { $what } fiches ne sont pas encore envoyées et seraient perdues. Rien n'a été modifié.
jisr-fail-unsent-next = Envoyez-les d'abord (jisr sync), terminez ou jetez les brouillons, puis réessayez.
jisr-fail-store-in-use = Un autre programme a ouvert le dossier { $store }.
jisr-fail-store-in-use-next = Fermez-le, ou attendez un instant, puis réessayez.
jisr-fail-store-full = Le disque est plein.
jisr-fail-store-full-next = Rien de cette commande n'a été gardé. Libérez de la place, puis réessayez.
jisr-fail-store-newer = Le dossier { $store } a été écrit par une version plus récente.
jisr-fail-store-newer-next = Il a été laissé tel quel. Mettez jisr à jour.
jisr-fail-store-damaged = Le dossier { $store } est endommagé : { $what }
jisr-fail-store-damaged-next = Copiez le dossier ailleurs et appelez le superviseur. N'effacez rien.
jisr-fail-store-failed = Le dossier { $store } a échoué : { $what }
jisr-fail-store-failed-next = Regardez si la fiche y est (jisr list) avant de la retaper.
jisr-fail-unknown-field = Il n'y a pas de champ { $what }. Peut-être : { $meant }
jisr-fail-unknown-field-next = Rien de cette fiche n'a été gardé. Corrigez le nom et réessayez.
jisr-fail-unknown-code = { $value } n'est pas un code de { $what }. Peut-être : { $meant }
jisr-fail-unknown-code-next = Rien de cette fiche n'a été gardé. Corrigez le code et réessayez.
jisr-fail-bad-value = { $what } ne se lit pas : { $meant }
jisr-fail-bad-value-next = Rien de cette fiche n'a été gardé. Corrigez la valeur et réessayez.
jisr-fail-not-an-object = Une fiche est un objet, comme { "{" }"outcome": "engaged"{ "}" }.
jisr-fail-not-an-object-next = Rien de cette fiche n'a été gardé. Corrigez et réessayez.
jisr-fail-no-open-shift = Aucune tournée n'est ouverte.
jisr-fail-no-open-shift-next = Voyez les tournées : jisr list shifts
jisr-fail-shift-open = Une tournée est déjà ouverte : { $what }
jisr-fail-shift-open-next = Terminez-la d'abord : jisr shift end
jisr-fail-io = Un fichier ou le terminal est inutilisable : { $what }
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
jisr-figure-sleeping_rough = Dorment dehors
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
