def test_the_home_page_opens_for_an_officer(officer):
    response = officer.client.get("/")
    assert response.status_code == 200
