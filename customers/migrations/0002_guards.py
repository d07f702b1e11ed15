"""What the database itself refuses: a shopper with staff rights, and changes to the logs of who looked."""

from django.db import migrations

REFUSE_CHANGE = """
CREATE FUNCTION yorisoi_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER receipt_append_only BEFORE UPDATE OR DELETE ON customers_contextreceipt
    FOR EACH ROW EXECUTE FUNCTION yorisoi_append_only();
CREATE TRIGGER candidates_append_only BEFORE UPDATE OR DELETE ON customers_candidatelist
    FOR EACH ROW EXECUTE FUNCTION yorisoi_append_only();
"""

# Row triggers only: a TRUNCATE trigger would break the flush between tests.
SHOPPER_WALL = """
CREATE FUNCTION yorisoi_shopper_gets_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- FOR SHARE: the account's kind must not change under us before we commit.
    PERFORM 1 FROM customers_user WHERE id = NEW.user_id AND kind = 'shopper' FOR SHARE;
    IF FOUND THEN
        RAISE EXCEPTION 'a shopper account cannot have %', TG_TABLE_NAME USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER shopper_no_groups BEFORE INSERT OR UPDATE ON customers_user_groups
    FOR EACH ROW EXECUTE FUNCTION yorisoi_shopper_gets_nothing();
CREATE TRIGGER shopper_no_permissions BEFORE INSERT OR UPDATE ON customers_user_user_permissions
    FOR EACH ROW EXECUTE FUNCTION yorisoi_shopper_gets_nothing();
CREATE TRIGGER shopper_no_staff_profile BEFORE INSERT OR UPDATE ON customers_staffprofile
    FOR EACH ROW EXECUTE FUNCTION yorisoi_shopper_gets_nothing();

CREATE FUNCTION yorisoi_kind_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind <> OLD.kind THEN
        RAISE EXCEPTION 'the kind of an account never changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER user_kind_stays BEFORE UPDATE OF kind ON customers_user
    FOR EACH ROW EXECUTE FUNCTION yorisoi_kind_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]
    operations = [
        migrations.RunSQL(REFUSE_CHANGE, migrations.RunSQL.noop),
        migrations.RunSQL(SHOPPER_WALL, migrations.RunSQL.noop),
    ]
