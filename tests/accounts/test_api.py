"""The base of the API: who may list, what a network sees, and what unreadable requests answer."""

import django_filters
import pytest
from rest_framework.routers import SimpleRouter
from rest_framework.serializers import ModelSerializer

from aict.accounts.api import TenantViewSet
from aict.accounts.models import Membership
from partners.models import Country, Territory
from strategy.models import Strategy
from tests.factories import StrategyFactory, TerritoryFactory


class Filter(django_filters.FilterSet):
    country = django_filters.ModelMultipleChoiceFilter(queryset=Country.objects.all(), to_field_name="code")
    country_id = django_filters.ModelChoiceFilter(field_name="country", queryset=Country.objects.all())
    words = django_filters.CharFilter(method="matching")

    class Meta:
        model = Territory
        fields = ["population"]

    def matching(self, rows, name, value):
        return rows.matching(value)


class SharedFilter(django_filters.FilterSet):
    class Meta:
        model = Territory
        fields = ["name"]


class Full(ModelSerializer):
    class Meta:
        model = Territory
        fields = ["id", "name", "source"]


class Shared(ModelSerializer):
    class Meta:
        model = Territory
        fields = ["id", "name"]


class StrategyRow(ModelSerializer):
    class Meta:
        model = Strategy
        fields = ["id", "title"]


class TerritoryViewSet(TenantViewSet):
    queryset = Territory.objects.all()
    serializer_class = Full
    shared_serializer_class = Shared
    filterset_class = Filter
    shared_filterset_class = SharedFilter


class UnfilteredViewSet(TenantViewSet):
    """Networks read it, and nobody said which filters are safe for them."""

    queryset = Territory.objects.all()
    serializer_class = Full
    shared_serializer_class = Shared
    filterset_class = Filter


class ClosedViewSet(TenantViewSet):
    """No projection for networks."""

    queryset = Territory.objects.all()
    serializer_class = Full


class StrategyViewSet(TenantViewSet):
    """A model without visibility."""

    queryset = Strategy.objects.all()
    serializer_class = StrategyRow
    shared_serializer_class = StrategyRow


router = SimpleRouter()
router.register("shared", TerritoryViewSet, basename="shared")
router.register("unfiltered", UnfilteredViewSet, basename="unfiltered")
router.register("closed", ClosedViewSet, basename="closed")
router.register("strategies", StrategyViewSet)
urlpatterns = router.urls
pytestmark = pytest.mark.urls("tests.accounts.test_api")


def names(response):
    assert response.status_code == 200, response.content
    return [row["name"] for row in response.json()["results"]]


def test_nobody_signed_in_gets_403(client, collectivity):
    assert client.get("/shared/").status_code == 403


def test_a_member_lists_every_row_of_the_collectivite_and_no_other(elected, stranger):
    TerritoryFactory(collectivity=elected.collectivity, name="Sfax")
    TerritoryFactory(collectivity=stranger.collectivity, name="Kaunas")
    assert names(elected.client.get("/shared/")) == ["Sfax"]


def test_a_strangers_object_answers_404_like_an_unknown_one(elected, stranger):
    foreign = TerritoryFactory(collectivity=stranger.collectivity)
    answers = [elected.client.get(f"/shared/{pk}/") for pk in (foreign.pk, foreign.pk + 999, "9" * 20)]
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json()["detail"] for answer in answers} == {"Cet objet n’existe pas, ou il ne vous est pas ouvert."}
    assert len({answer.content for answer in answers}) == 1


def test_a_network_sees_shared_rows_with_allow_listed_fields_only(network):
    TerritoryFactory(collectivity=network.collectivity, name="Interne")
    shared = TerritoryFactory(collectivity=network.collectivity, name="Partagé", visibility="network", source="secret")
    assert names(network.client.get("/shared/")) == ["Partagé"]
    assert network.client.get(f"/shared/{shared.pk}/").json() == {"id": shared.pk, "name": "Partagé"}


def test_a_network_filters_by_the_filters_declared_for_it_and_by_no_other(network, elected):
    for name, people in (("Sfax", 1), ("Kaunas", 2)):
        TerritoryFactory(collectivity=network.collectivity, name=name, visibility="network", population=people)
    assert names(elected.client.get("/shared/?population=1")) == ["Sfax"]
    assert sorted(names(network.client.get("/shared/?population=1"))) == ["Kaunas", "Sfax"]
    assert names(network.client.get("/shared/?name=Sfax")) == ["Sfax"]
    assert names(elected.client.get("/unfiltered/?words=sfax")) == ["Sfax"]
    assert len(names(network.client.get("/unfiltered/?words=sfax"))) == 2


def test_a_network_never_sees_an_internal_object(network):
    internal = TerritoryFactory(collectivity=network.collectivity)
    assert network.client.get(f"/shared/{internal.pk}/").status_code == 404


def test_without_a_projection_networks_get_403(network):
    TerritoryFactory(collectivity=network.collectivity, visibility="public")
    assert network.client.get("/closed/").status_code == 403


def test_a_model_without_visibility_is_closed_to_networks_whatever_its_serializers(network, elected):
    strategy = StrategyFactory(collectivity=elected.collectivity)
    assert network.client.get(f"/strategies/{strategy.pk}/").status_code == 403
    assert elected.client.get(f"/strategies/{strategy.pk}/").json()["id"] == strategy.pk


def test_someone_without_any_membership_gets_403(officer):
    Membership.objects.filter(user=officer.user).delete()
    assert officer.client.get("/shared/").status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "population=douze",
        "population=%00",
        "words=%00",
        "country=%00",
        "country=zz",
        "country_id=99999999999999999999",
        "country_id=1%00",
        "inconnu=%00",
        "na%00me=x",
    ],
)
def test_a_filter_that_cannot_be_read_answers_400(elected, query):
    assert elected.client.get(f"/shared/?{query}").status_code == 400


@pytest.mark.parametrize("query", ["words=%F0%9F%9A%80", "words=%D7%A9%D7%9C%D7%95%D7%9D", "words=%FF%FE", "page=1"])
def test_a_filter_in_any_script_is_read(elected, query):
    assert elected.client.get(f"/shared/?{query}").status_code == 200


@pytest.mark.parametrize("page", ["0", "deux", "99999999999999999999", "2"])
def test_a_page_that_does_not_exist_answers_404(elected, page):
    assert elected.client.get(f"/shared/?page={page}").status_code == 404


@pytest.mark.parametrize("number", ["99999999999999999999", "-99999999999999999999", "1e99"])
def test_a_huge_number_never_breaks_the_answer(elected, number):
    assert elected.client.get(f"/shared/?population={number}").status_code in (200, 400)


@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete"])
def test_the_api_only_reads(elected, verb):
    row = TerritoryFactory(collectivity=elected.collectivity)
    answer = getattr(elected.client, verb)(f"/shared/{row.pk}/", data="{", content_type="application/json")
    assert answer.status_code == 405


def test_a_list_takes_the_same_queries_for_1_and_30_rows(elected, django_assert_num_queries):
    TerritoryFactory(collectivity=elected.collectivity)
    with django_assert_num_queries(5):  # session, user, membership, count, rows
        elected.client.get("/shared/")
    TerritoryFactory.create_batch(29, collectivity=elected.collectivity)
    with django_assert_num_queries(5):
        elected.client.get("/shared/")
