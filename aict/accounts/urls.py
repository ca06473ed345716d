"""Addresses. allauth's pages are routed one by one: those that are not here do not exist."""

from allauth.account import views as allauth_views
from django.urls import path, re_path

from aict.accounts import invitation_views, legal_views, member_views, notice_views, session_views, settings_views

app_name = "accounts"

urlpatterns = [
    path("theme/<slug:color>.css", settings_views.accent_css, name="accent_css"),
    path("logo/<int:pk>/", settings_views.logo, name="logo"),
    path("accessibilite/", legal_views.accessibility, name="accessibility"),
    path("donnees-personnelles/", legal_views.privacy, name="privacy"),
    path("reglages/", settings_views.settings, name="settings"),
    path("avis/", notice_views.notice_list, name="notice_list"),
    path("avis/<int:pk>/lu/", notice_views.notice_read, name="notice_read"),
    path("avis/lus/", notice_views.notice_read_all, name="notice_read_all"),
    path("avis/courriel/", notice_views.notice_digest, name="notice_digest"),
    path("collectivites/", session_views.switch, name="switch"),
    path("membres/", member_views.member_list, name="member_list"),
    path("membres/inviter/", member_views.member_invite, name="member_invite"),
    path("membres/<int:pk>/", member_views.member_edit, name="member_edit"),
    path("membres/<int:pk>/retirer/", member_views.member_remove, name="member_remove"),
    path("membres/invitations/<int:pk>/annuler/", member_views.invitation_cancel, name="invitation_cancel"),
    path("invitation/<str:token>/", invitation_views.invitation, name="invitation"),
]

# Without namespace: allauth reverses these names itself. Included by aict/urls.py under compte/.
session_urlpatterns = [
    path("connexion/", session_views.SignInView.as_view(), name="account_login"),
    path("deconnexion/", allauth_views.logout, name="account_logout"),
    path("mot-de-passe/", session_views.ChangePasswordView.as_view(), name="account_change_password"),
    path("mot-de-passe/oublie/", session_views.ResetPasswordView.as_view(), name="account_reset_password"),
    path("mot-de-passe/oublie/envoye/", allauth_views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^mot-de-passe/lien/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "mot-de-passe/change/", allauth_views.password_reset_from_key_done, name="account_reset_password_from_key_done"
    ),
]
