"""The timeline is never changed or deleted. One function erases: it blanks words and payload, the skeleton stays."""

from django.db import migrations

STAYS = """
CREATE FUNCTION journeys_timeline_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept journeys_interaction;
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('yorisoi.erasing', true) = 'on' AND NEW.erased_at IS NOT NULL THEN
        -- Whatever erasing may touch is set equal first; then the two rows must be the same in every other column.
        kept := NEW;
        kept.text := OLD.text; kept.data := OLD.data; kept.erased_at := OLD.erased_at;
        kept.fingerprint := OLD.fingerprint;
        IF kept IS NOT DISTINCT FROM OLD AND NEW.text = '' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the timeline is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER timeline_stays BEFORE UPDATE OR DELETE ON journeys_interaction
    FOR EACH ROW EXECUTE FUNCTION journeys_timeline_stays();

CREATE FUNCTION journeys_erase_interaction(which bigint, kept jsonb, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('yorisoi.erasing', 'on', true);
    -- The fingerprint could be guessed back to the words, so it goes too.
    UPDATE journeys_interaction SET text = '', data = kept, fingerprint = ''::bytea, erased_at = at WHERE id = which;
    PERFORM set_config('yorisoi.erasing', 'off', true);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("journeys", "0001_initial")]
    operations = [migrations.RunSQL(STAYS, migrations.RunSQL.noop)]
