"""The bundled place pack, macro-regions and armed groups: any name -> Region or ArmedGroup."""

from __future__ import annotations

from crawler.gazetteer.armed_groups import ArmedGroup, Cue, GroupTable, groups
from crawler.gazetteer.pack import Region
from crawler.gazetteer.regions import Gazetteer, gazetteer

__all__ = ["ArmedGroup", "Cue", "Gazetteer", "GroupTable", "Region", "gazetteer", "groups"]
