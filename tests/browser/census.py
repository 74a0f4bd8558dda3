"""What the tests of the pages of the census share: an administrator and two small lists."""

from __future__ import annotations

PASSWORD = "une phrase que moi seule connais"
KEEPER = "tenante@exemple.org"
LIST = (
    "id;nom;code insee;ville;adresse;code postal;telephone;email;date\n"
    "a1;CCAS d’Essai;35188;Montfort-sur-Meu;1 rue du Four;35160;0299000000;"
    "ccas@essai.fr;2024-01-01\n"
    "a2;Médiathèque d’Essai;35188;Montfort-sur-Meu;3 rue du Four;35160;0299000002;"
    "mediatheque@essai.fr;2024-01-01\n"
)
DOUBLE = (
    "id;nom;code insee;ville;adresse;code postal;telephone\n"
    "b1;Médiathèque d’Essai;35188;Montfort-sur-Meu;3 rue du Four;35160;0299000002\n"
)
