"""A form as a browser would send it: what the page holds, with what an editor typed over it."""

import re
from html.parser import HTMLParser


class _Form(HTMLParser):
    def __init__(self):
        super().__init__()
        self.data, self.select, self.textarea, self.multiple = {}, None, None, False

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        name = attrs.get("name")
        if tag == "input" and name and attrs.get("type") not in ("submit", "button", "search"):
            if attrs.get("type") not in ("checkbox", "radio") or "checked" in attrs:
                self.data[name] = attrs.get("value", "on" if attrs.get("type") == "checkbox" else "")
        elif tag == "select" and name:
            self.select, self.multiple = name, "multiple" in attrs
            self.data.setdefault(name, [] if self.multiple else "")
        elif tag == "option" and self.select and "selected" in attrs:
            if self.multiple:
                self.data[self.select].append(attrs.get("value", ""))
            else:
                self.data[self.select] = attrs.get("value", "")
        elif tag == "textarea" and name:
            self.textarea = name
            self.data[name] = ""

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None
        elif tag == "textarea":
            self.data[self.textarea] = self.data[self.textarea].removeprefix("\n")
            self.textarea = None

    def handle_data(self, data):
        if self.textarea:
            self.data[self.textarea] += data


def form_of(response):
    """What the page's forms would send, the empty rows that a script copies left out."""
    parser = _Form()
    parser.feed(response.content.decode())
    return {name: value for name, value in parser.data.items() if "__prefix__" not in name}


def add_row(data, prefix, **values):
    """One more row, as the page's "add another" makes it. Returns its number."""
    number = int(data[f"{prefix}-TOTAL_FORMS"])
    data[f"{prefix}-TOTAL_FORMS"] = str(number + 1)
    for name, value in values.items():
        data[f"{prefix}-{number}-{name}"] = value
    return number


class Desk:
    """An editor at the desk."""

    def __init__(self, client):
        self.client = client

    def open(self, path):
        response = self.client.get(path)
        assert response.status_code == 200, (path, response.status_code)
        return response

    def save(self, path, button="_save", rows=(), **typed):
        """Opens the form at `path`, types, adds `rows` (pairs of prefix and values), presses `button`."""
        data = form_of(self.open(path)) | {name.replace("__", "-"): value for name, value in typed.items()}
        for prefix, values in rows:
            add_row(data, prefix, **{"qualifier": "none", "people_basis": "unknown", **values})
        return self.client.post(path, data | {button: "1"}, follow=True)


def act(desk, action, records, path="", **typed):
    """Chooses `records` in their list and an action."""
    path = path or f"/admin/events/{records[0]._meta.model_name}/"
    data = {name: value for name, value in form_of(desk.open(path)).items() if name not in ("_selected_action", "q")}
    data |= {"action": action, "_selected_action": [record.pk for record in records], **typed}
    data.pop("index", None)
    return desk.client.post(path, data, follow=True)


def delete(desk, record):
    """Opens the page that asks whether to delete `record`, and says yes."""
    path = f"/admin/events/{record._meta.model_name}/{record.pk}/delete/"
    return desk.client.post(path, form_of(desk.open(path)), follow=True)


def errors_of(response):
    """Every message of the form and its rows, by field; "" for those about a whole row or form."""
    context = response.context
    forms = [context["adminform"].form]
    found = {}
    for formset in context.get("inline_admin_formsets", []):
        forms += formset.formset.forms
        if formset.formset.non_form_errors():
            found.setdefault("", []).extend(formset.formset.non_form_errors())
    for form in forms:
        for name, messages in form.errors.items():
            found.setdefault("" if name == "__all__" else name, []).extend(messages)
    return found


def differences(response):
    """What somebody else saved meanwhile, by field: as it was, theirs, mine, and whether the editor is asked."""
    return {one.key: (one.before, one.theirs, one.mine, one.asks) for one in response.context["locking"].differences}


def said(response):
    """The messages at the top of the page."""
    return " ".join(str(message) for message in response.context["messages"])


def change(record):
    return f"/admin/events/{record._meta.model_name}/{record.pk}/change/"


def history(record, version=None):
    path = f"/admin/events/{record._meta.model_name}/{record.pk}/history/"
    return f"{path}{version.pk}/" if version else path


def no_inline_code(address, response):
    """Nothing that the policy would block: style attributes, handlers, scripts and style sheets within the page."""
    html = response.content.decode()
    tags = re.findall(r"<[a-zA-Z][^>]*>", html)
    assert [tag for tag in tags if re.search(r"\s(style|on[a-z]+)=", tag)] == [], address
    assert not re.search(r"<style|javascript:", html), address
    scripts = [tag for tag in re.findall(r"<script[^>]*>", html) if "src=" not in tag and "application/json" not in tag]
    assert scripts == [], address
