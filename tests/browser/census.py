"""What the tests of the pages of the census share: an administrator and small lists."""

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
TWIN = (
    "id;nom;code insee;ville;adresse;code postal;telephone\n"
    "t;Cyberbase d’Essai;35188;Montfort-sur-Meu;5 rue du Four;35160;0299000003\n"
)
"""A place to be told by two lists."""
PONDS = (
    "id,nom,commune,code_postal,code_insee,adresse,latitude,longitude,typologie,telephone,"
    "courriels,site_web,horaires,presentation_resume,services,frais_a_charge,"
    "publics_specifiquement_adresses,modalites_acces,modalites_accompagnement,itinerance,"
    "fiche_acces_libre,prise_rdv,date_maj,source\n"
    "e1,Espace numérique de l’Étang,Iffendic,35750,35133,2 rue de l’Étang,48.13,-2.03,EPN,"
    "+33299000011,etang@exemple.fr,https://etang.exemple.fr,"
    '"Mo-Fr 09:00-12:00,14:00-17:30; Sa 09:00-12:00","Ateliers, ordinateurs et aide.",'
    "Aide aux démarches administratives|Utilisation sécurisée du numérique,Gratuit,"
    "Seniors|Jeunes,Se présenter|Téléphoner,En autonomie,Fixe,"
    "https://acceslibre.beta.gouv.fr/app/35-iffendic/a/epn/erp/etang/,"
    "https://rdv.exemple.fr/etang,2026-11-02,essai\n"
    "e2,Bus des étangs,Iffendic,35750,35133,,,,,,,,,,"
    "Accès internet et matériel informatique,Payant,,,,Itinérant,,,2020-05-01,essai\n"
)  # fmt: skip
