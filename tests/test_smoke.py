def test_sign_in_page_answers(client):
    assert client.get("/sign-in").status_code == 200


def test_signed_in(client, people):
    people.sign_in(client, people.editor)
    assert client.get("/").status_code == 200
