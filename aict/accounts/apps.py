from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "aict.accounts"
    verbose_name = "comptes et collectivités"
