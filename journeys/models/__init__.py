"""All models of the room, importable as `journeys.models.X`."""

from journeys.models.importing import ImportProblem, ImportRun
from journeys.models.instore import Note
from journeys.models.interaction import Channel, Interaction
from journeys.models.reaction import Reaction

__all__ = ["Channel", "ImportProblem", "ImportRun", "Interaction", "Note", "Reaction"]
