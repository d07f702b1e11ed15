"""Staff accounts: hired here, moved here, ended here; never deleted, since the read log names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import ReadOnlyPasswordHashField
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from config.lib.admin import PolicyAdmin
from config.lib.errors import DomainError
from customers import access
from customers.models import Role, Store, User
from customers.services import staff

admin.site.unregister(Group)  # roles and the policy table say who may do what; groups say nothing here

if TYPE_CHECKING:
    _UserForm = forms.ModelForm[User]
else:
    _UserForm = forms.ModelForm


class PlaceForm(_UserForm):
    """Role and store beside the account's own fields."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, widget=UnfoldAdminSelectWidget)
    store = forms.ModelChoiceField(
        label=_("Store"),
        queryset=Store.objects.all(),
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_("Clerks and store managers belong to one store, other roles to none."),
    )

    def clean(self) -> dict[str, Any]:
        """Check that role and store fit, before anything is written."""
        data = super().clean() or {}
        if data.get("role"):
            problem = staff.misplaced(role=Role(data["role"]), store=data.get("store"))
            if problem:
                self.add_error("store", str(problem))
        return data


class HireForm(PlaceForm):
    """A new account: sign-in name, first password, name, role, store."""

    password = forms.CharField(label=_("First password"), widget=UnfoldAdminPasswordWidget)

    class Meta:
        model = User
        fields = ("username", "last_name", "first_name")
        widgets = {"username": UnfoldAdminTextInputWidget}

    def clean(self) -> dict[str, Any]:
        """Check the password against the house rules."""
        data = super().clean()
        for message in staff.weaknesses(password=data.get("password", "")):
            self.add_error("password", message)
        return data


class MoveForm(PlaceForm):
    """A known account: its name, role, store, and whether it may still sign in."""

    password = ReadOnlyPasswordHashField(label=_("Password"))

    class Meta:
        model = User
        fields = ("username", "password", "last_name", "first_name", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        profile = getattr(self.instance, "staff", None)
        if profile is not None:
            self.fields["role"].initial = profile.role
            self.fields["store"].initial = profile.store_id


@admin.register(User)
class StaffAdmin(PolicyAdmin[User], DjangoUserAdmin):  # type: ignore[type-arg]
    """Staff accounts only; shoppers are customers and have no place here."""

    form = MoveForm
    add_form = HireForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "full_name", "role", "store", "is_active", "last_login")
    list_filter = ("is_active", "staff__role")
    search_fields = ("username", "last_name", "first_name")
    list_select_related = ("staff__store",)
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ()
    fieldsets = ((None, {"fields": ("username", "password", "last_name", "first_name", "role", "store", "is_active")}),)
    add_fieldsets = ((None, {"fields": ("username", "password", "last_name", "first_name", "role", "store")}),)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Staff accounts."""
        return super().get_queryset(request).filter(kind=User.Kind.STAFF)

    @admin.display(description=_("name"), ordering="last_name")
    def full_name(self, user: User) -> str:
        """Family name first."""
        return f"{user.last_name} {user.first_name}".strip()

    @admin.display(description=_("role"), ordering="staff__role")
    def role(self, user: User) -> str:
        """The role in words."""
        profile = getattr(user, "staff", None)
        return str(profile.get_role_display()) if profile else ""

    @admin.display(description=_("store"))
    def store(self, user: User) -> str:
        """The store of store roles."""
        profile = getattr(user, "staff", None)
        return profile.store.name if profile and profile.store else ""

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Hire or move through the service."""
        actor, data = access.actor_of(request.user), form.cleaned_data
        try:
            if change:
                staff.move(
                    actor=actor, user=obj, role=Role(data["role"]), store=data["store"], changed=form.changed_data
                )
            else:
                hired = staff.hire(
                    actor=actor,
                    username=data["username"],
                    password=data["password"],
                    role=Role(data["role"]),
                    store=data["store"],
                    family_name=data["last_name"],
                    given_name=data["first_name"],
                )
                obj.pk = hired.pk
        except DomainError as error:
            self.tell(request, error)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing hangs on an account but its profile, which the service wrote."""
