"""Addresses of those who contribute to the census and of those who keep it."""

from __future__ import annotations

from django.urls import path

from portrea.web.offer import (
    campaign_views,
    contribution_views,
    duplicates_views,
    editing_views,
    email_views,
    import_views,
    link_views,
    moderation_views,
    report_views,
    sheets_views,
    waiting_views,
)

urlpatterns = [
    path("contribuer/<str:token>/", contribution_views.contribute, name="contribute"),
    path("signaler/<path:place_id>/", report_views.report, name="report"),
    path("confirmer/<str:token>/", campaign_views.confirm, name="confirm"),
    path("confirmer/<str:token>/corriger/", campaign_views.confirm_correct, name="confirm-correct"),
    path(
        "confirmer/<str:token>/ne-plus-ecrire/",
        campaign_views.confirm_refuse,
        name="confirm-refuse",
    ),
    path("espace/adresses/", waiting_views.addresses, name="addresses"),
    path("espace/adresses/<path:place_id>/", waiting_views.address, name="address"),
    path("espace/horaires/", waiting_views.hours_list, name="hours-list"),
    path("espace/horaires/<path:place_id>/", waiting_views.hours_read, name="hours-read"),
    path("espace/campagnes/", campaign_views.campaigns, name="campaigns"),
    path("espace/campagnes/<int:key>/", campaign_views.campaign, name="campaign"),
    path("espace/campagnes/<int:key>/envoyer/", campaign_views.campaign_send, name="campaign-send"),
    path("espace/campagnes/<int:key>/clore/", campaign_views.campaign_end, name="campaign-end"),
    path(
        "espace/campagnes/<int:key>/confirmee/<int:ask>/",
        campaign_views.campaign_heard,
        name="campaign-heard",
    ),
    path("espace/courriels/", email_views.emails, name="emails"),
    path("espace/imports/", import_views.imports, name="imports"),
    path("espace/imports/<int:key>/", import_views.import_show, name="import"),
    path("espace/imports/<int:key>/defaire/", import_views.import_back, name="import-undo"),
    path("espace/imports/<int:key>/oublier/", import_views.import_drop, name="import-drop"),
    path("espace/imports/<int:key>/refusees.csv", import_views.import_refused, name="import-csv"),
    path("espace/liens/", link_views.links, name="links"),
    path("espace/liens/<int:key>/", link_views.link_show, name="link"),
    path("espace/liens/<int:key>/carte/", link_views.link_poster, name="link-poster"),
    path("espace/liens/<int:key>/ecran/", link_views.link_screen, name="link-screen"),
    path("espace/liens/<int:key>/renouveler/", link_views.link_again, name="link-again"),
    path("espace/liens/<int:key>/fermer/", link_views.link_close, name="link-close"),
    path("espace/moderation/", moderation_views.moderation, name="moderation"),
    path("espace/moderation/lot/", moderation_views.moderation_many, name="moderation-many"),
    path("espace/moderation/<int:key>/", moderation_views.proposal, name="proposal"),
    path(
        "espace/moderation/questions/<int:key>/",
        moderation_views.question,
        name="moderation-question",
    ),
    path("espace/doublons/", duplicates_views.duplicates, name="duplicates"),
    path("espace/doublons/fusions/<int:key>/", duplicates_views.merge_undo, name="merge-undo"),
    path("espace/doublons/<str:left>/<str:right>/", duplicates_views.pair, name="pair"),
    path("espace/lieux/", sheets_views.sheets, name="sheets"),
    path("espace/corrections/<int:fix>/retirer/", sheets_views.fix_withdraw, name="fix-withdraw"),
    path("espace/lieux/<path:place_id>/etat/", sheets_views.place_state, name="place-state"),
    path("espace/lieux/<path:place_id>/lien/", link_views.link_for, name="link-for"),
    path(
        "espace/lieux/<path:place_id>/historique/",
        editing_views.place_changes,
        name="place-changes",
    ),
    path("espace/lieux/<path:place_id>/", editing_views.place_edit, name="place-edit"),
]
