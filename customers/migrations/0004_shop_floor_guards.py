"""What the database itself refuses on the shop floor: a changed consent, and a changed log of what was revealed."""

from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER consent_append_only BEFORE UPDATE OR DELETE ON customers_consententry
    FOR EACH ROW EXECUTE FUNCTION yorisoi_append_only();
CREATE TRIGGER reveal_append_only BEFORE UPDATE OR DELETE ON customers_reveal
    FOR EACH ROW EXECUTE FUNCTION yorisoi_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_shop_floor")]
    operations = [migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop)]
