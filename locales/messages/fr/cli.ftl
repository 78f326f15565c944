### What the command lines say.
### À faire relire par un travailleur social marocain avant tout usage.

## Shared by the command lines
cli-error = Erreur :
cli-next = Ensuite :
cli-safe = En sécurité :
cli-nothing-changed = rien n'a été modifié

## jisr-server
server-init-done = Le serveur est installé dans { $folder }.
server-init-next-unit = Ajoutez une unité : jisr-server unit add azilal-1 --province azilal --name-ar '…' --name-fr '…' --data { $folder }
server-init-next-serve = Démarrez-le : jisr-server serve --data { $folder }
server-password-ask = Mot de passe de { $name }
server-password-again = Encore une fois
server-unit-added = L'unité { $id } a été ajoutée.
server-account-added = Le compte { $name } a été ajouté.
server-plan-added = Une tournée de { $unit } est prévue le { $day }.
server-plan-removed = Une tournée de { $unit } le { $day } n'est plus prévue.
server-code = Code
server-code-url = Ou ouvrez sur l'appareil
server-code-once = Il n'est affiché qu'une fois ; un seul appareil peut l'utiliser dans les { $hours } heures.
server-device-revoked = L'appareil { $id } ne reçoit plus rien ; ce qu'il livre encore est mis de côté.
server-verify-ok = Le stockage est intact.
server-verify-damaged = Le stockage est endommagé : { $n } constats.
server-none = Aucun.
server-col-id = Identifiant
server-col-name = Nom
server-col-province = Province
server-col-unit = Unité
server-col-state = État
server-col-contact = Dernier contact
server-col-waiting = En attente
server-col-received = Reçu le
server-col-scope = Périmètre
server-col-record = Fiche
server-col-device = Appareil
server-col-reason = Motif
server-col-start = Début
server-col-end = Fin
server-col-figure = Chiffre
server-state-active = actif
server-state-revoked = désactivé

## What an IT person meets, with what remains safe and what to do
server-fail-in-use = Un autre processus utilise le stockage de { $folder } et sa prise d'administration ne répond pas.
server-fail-in-use-next = Le stockage est intact. Lancez la commande sous l'utilisateur du serveur, ou arrêtez d'abord le serveur.
server-fail-no-store = Il n'y a pas de serveur Jisr dans { $folder }.
server-fail-no-store-next = Rien n'a été modifié. Installez-en un avec : jisr-server init --data { $folder }
server-fail-init-twice = Il y a déjà un serveur dans { $folder }.
server-fail-init-twice-next = Ses données sont intactes. Choisissez un autre dossier, ou démarrez-le avec : jisr-server serve --data { $folder }
server-fail-listen = Impossible d'écouter sur { $address }.
server-fail-listen-next = Les données sont en sécurité. Un autre programme utilise peut-être ce port : choisissez-en un avec --listen 127.0.0.1:8443
server-fail-config = La configuration { $file } est illisible : { $what }.
server-fail-config-next = Les données sont en sécurité. Corrigez cette ligne et réessayez.
server-fail-full = Le disque est plein.
server-fail-full-next = Ce qui était enregistré est en sécurité. Libérez de l'espace et réessayez.
server-fail-newer = Le stockage a été écrit par une version plus récente de Jisr.
server-fail-newer-next = Il a été laissé tel quel. Installez cette version ou une plus récente.
server-fail-damaged = Le stockage est endommagé : { $what }.
server-fail-damaged-next = Rien n'a été modifié. Copiez le dossier de données ailleurs, puis lancez : jisr-server verify --data { $folder }
server-fail-password = Les mots de passe diffèrent, ou le mot de passe a moins de { $min } caractères.
server-fail-password-next = Rien n'a été modifié. Relancez la commande et choisissez-en un plus long.
server-refused-exists = { $id } existe déjà.
server-refused-unknown = { $id } est inconnu ici.
server-refused-not-planned = Aucune tournée de ce genre n'est prévue : { $id }.
server-refused-scope = Les fiches de ce genre ne vont pas dans { $id } : personnes et lieux vont dans une province, les autres dans une unité.
server-record-moved = { $id } est maintenant dans { $to }. Les appareils de l'ancienne unité la perdent au prochain contact ; ce qu'ils y avaient écrit sans l'envoyer est mis de côté.
server-refused-text = Un nom doit avoir 1 à { $max } octets, sans caractères de contrôle.
server-refused-span = Une tournée doit finir après son début, dans les 24 heures.
server-refused-days = Le dernier jour ne peut précéder le premier ni le suivre de plus de 400 jours.
server-refused-repair = Un stockage en service ne peut être réparé : arrêtez d'abord le serveur.
server-refused-version = Le serveur en marche ne comprend pas cet ordre : le programme et le serveur sont-ils de la même version ?
server-refused-next = Rien n'a été modifié. Corrigez et relancez la commande.
server-fail-other = Échec : { $what }.
server-fail-other-next = Ce qui était enregistré est en sécurité. Réessayez, et consultez le journal du serveur en cas de nouvel échec.
