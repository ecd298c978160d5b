"""How a reader freezes a view: by the form of a page of ours."""

HERE = {"origin": "http://testserver"}


def post(client, view, headers=HERE, **extra):
    return client.post("/cite/", {"view": view}, headers=headers, **extra)


def freeze(client, view="/events/"):
    """The address of the frozen view."""
    response = post(client, view)
    assert response.status_code == 303, response.content.decode()
    return response["Location"]


def content(client, address):
    """The bytes of its file."""
    response = client.get(f"{address.rstrip('/')}.csv")
    assert response.status_code == 200
    return response.content


def then_and_now(page):
    """The table of totals: by label, what stood then and stands now."""
    rows = page.one("table", css="then-and-now").one("tbody").all("tr")
    return {row.one("th").text: tuple(cell.text.removeprefix("differs: ") for cell in row.all("td")) for row in rows}


def told(page):
    """The table of changes: by row, what became of it and what changed."""
    tables = page.all("table", css="log")
    rows = tables[0].one("tbody").all("tr") if tables else []
    return {row.one("th").text: " | ".join(cell.text for cell in row.all("td")) for row in rows}
