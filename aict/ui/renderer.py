"""The one form renderer: `{{ form }}` gives label, help, error and ARIA links everywhere."""

from django.forms.renderers import TemplatesSetting


class HouseRenderer(TemplatesSetting):
    """Fields with templates/ui/field.html, widgets with templates/django/forms/widgets/."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"
