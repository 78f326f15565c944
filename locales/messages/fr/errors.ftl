### What the server answers when it cannot do what was asked.
### À faire relire par un travailleur social marocain avant tout usage.

## Problems of the API: what was wrong, what remains safe, what to do. Keys: problem-<code> and problem-<code>-detail.
problem-malformed = Requête illisible
problem-malformed-detail = Une partie de la requête n'est pas conforme à l'API. Rien n'a été modifié. Corrigez-la et renvoyez-la.
problem-sign-in-required = Connexion requise
problem-sign-in-required-detail = Une connexion est nécessaire, et il n'y en a pas ou elle a expiré. Rien n'a été modifié. Connectez-vous et réessayez.
problem-forbidden = Non autorisé
problem-forbidden-detail = Ce compte n'y a pas droit. Rien n'a été montré ni modifié. Adressez-vous à la personne qui gère le serveur.
problem-cross-site = La requête vient d'un autre site
problem-cross-site-detail = Par sécurité, un formulaire n'est accepté que depuis les pages de Jisr. Rien n'a été modifié. Rechargez la page et réessayez.
problem-not-found = Introuvable
problem-not-found-detail = Il n'y a rien ici, ou rien que ce compte puisse voir. Vérifiez l'adresse.
problem-method-not-allowed = Méthode non acceptée
problem-method-not-allowed-detail = L'adresse existe mais n'accepte pas cette méthode. Rien n'a été modifié. Voir la description de l'API.
problem-too-large = Trop volumineux
problem-too-large-detail = La requête dépasse la taille acceptée. Rien n'a été modifié, et tout reste sur l'appareil. Envoyez-la en plus petites parties.
problem-unsupported-media-type = Type de contenu inconnu
problem-unsupported-media-type-detail = Le Content-Type n'est pas celui que cette adresse accepte. Rien n'a été modifié. Voir la description de l'API.
problem-too-many-requests = Trop de requêtes
problem-too-many-requests-detail = Rien n'a été modifié. Attendez le temps indiqué par Retry-After, puis réessayez.
problem-code-invalid = Code d'enrôlement non valable
problem-code-invalid-detail = Il est mal saisi, a plus de 24 heures ou a servi à un autre appareil. Rien n'a été modifié. Demandez un nouveau code.
problem-update-required = Mettez l'application à jour
problem-update-required-detail = Cette version parle un protocole que le serveur ne comprend plus. Tout reste sur l'appareil. Mettez l'application à jour, puis renvoyez.
problem-device-unknown = Appareil inconnu
problem-device-unknown-detail = Le serveur ne connaît pas d'appareil avec cet identifiant et cette clé. Tout reste sur l'appareil. Enrôlez-le avec un nouveau code.
problem-exists = Existe déjà
problem-exists-detail = L'identifiant ou le nom est pris. Rien n'a été modifié. Choisissez-en un autre.
problem-invalid = Non acceptable
problem-invalid-detail = Une valeur est hors des limites. Rien n'a été modifié. Corrigez-la et réessayez.
problem-storage-full = Le disque du serveur est plein
problem-storage-full-detail = Ce qui était enregistré est en sécurité ; rien de nouveau n'a été accepté et tout reste sur l'appareil. Libérez de l'espace sur le serveur, puis renvoyez.
problem-not-ready = Le serveur n'est pas prêt
problem-not-ready-detail = Il démarre, s'arrête, ou son stockage ne répond pas. Tout reste sur l'appareil. Réessayez plus tard.
problem-timeout = Délai dépassé
problem-timeout-detail = Le serveur a cessé d'attendre. Ce qui a été confirmé est en sécurité ; le reste demeure sur l'appareil. Réessayez.
problem-internal = Erreur du serveur
problem-internal-detail = Ce qui a été confirmé est en sécurité ; le reste demeure sur l'appareil. Réessayez ; en cas de nouvel échec, communiquez l'identifiant de la requête à la personne qui gère le serveur.

## Why a change was set aside. Nothing of it is lost.
refusal-too-large = Trop volumineuse pour être prise
refusal-not-a-change = Ce n'est pas une modification de fiche
refusal-compressed = Sous une forme qui n'est pas acceptée
refusal-checksum = Abîmée en route ou sur le téléphone
refusal-malformed = Abîmée, ou faite par un autre logiciel
refusal-too-many-ops = Contient plus de modifications qu'autorisé
refusal-too-many-deps = Renvoie à trop d'autres modifications
refusal-too-many-columns = Abîmée, ou faite par un autre logiciel
refusal-too-many-actors = Nomme trop d'auteurs
refusal-message-too-long = Son message est trop long
refusal-foreign-actor = Écrite au nom d'un autre appareil
refusal-missing-dependency = S'appuie sur une modification pas encore reçue ; elle sera prise à son arrivée
refusal-sequence = Deux copies d'un même appareil ont écrit à la fois
refusal-start-op = Sa numérotation ne correspond pas à la fiche
refusal-outside-history = Renvoie à ce qui n'est pas dans son passé
refusal-not-canonical = Abîmée, ou faite par un autre logiciel
refusal-does-not-apply = Ne s'applique pas à la fiche
refusal-does-not-reload = Rendrait la fiche illisible
refusal-too-deep = Imbriquée trop profondément
refusal-document-too-large = La fiche a atteint sa taille maximale
refusal-panicked = N'a pas pu être vérifiée
refusal-unknown-scope = Destinée à une unité ou une province inconnue
refusal-not-granted = Destinée à une unité ou une province où cet appareil n'écrit pas
refusal-revoked = L'appareil a été désactivé ; un superviseur décide
refusal-unknown-device = Écrite par un appareil inconnu
refusal-unproven = Rien ne prouve qui l'a écrite
