"""Views of the desk's lists that an editor keeps for herself: a name for a filter, an order and words."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

LONGEST_NAME, LONGEST_QUERY = 60, 2000


class SavedView(models.Model):
    """`desk_list` is the model whose list it is ("layoffevent"), not an address: a view leads to no page but ours.

    `query` is what stands behind the "?" of the list's address. It is a link and gives nobody a right.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", verbose_name=_("whose")
    )
    desk_list = models.CharField(_("list"), max_length=100)
    query = models.CharField(_("filter"), max_length=LONGEST_QUERY)
    name = models.CharField(
        _("name"),
        max_length=LONGEST_NAME,
        validators=[RegexValidator(r"<[a-zA-Z/!?]", _("A name is plain words, without markup."), inverse_match=True)],
    )

    class Meta:
        verbose_name = _("saved view")
        ordering = ["desk_list", "name"]
        # Whose it is decides; no group is given it.
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user", "desk_list", "name"],
                name="savedview_name_once_a_list",
                violation_error_message=_("You have a view of this name for this list. Choose another."),
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(query="") & ~Q(desk_list=""),
                name="savedview_says_what",
                violation_error_message=_("A view has a name, a list and a filter."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
