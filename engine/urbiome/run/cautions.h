// What the facts of one date tell about its layers: said by assess and by audit alike, in the same sentences.
//
// Nothing is read for them: class areas are known after a run, zones lie on the grid before it.
#pragma once

#include "urbiome/facts/class_areas.h"
#include "urbiome/run/layers.h"

namespace urbiome {

// Grid, CRS and legend of the land cover, how far lengths on its map are off, and what of the city is outside the
// survey, not classified or absent.
void describe_land_cover(const LandCoverLayer& layer, const Landscape& landscape, const ClassAreas& areas,
                         AuditLog& audit);

// Zones without a cell, slivers whose figures mean nothing, and levels that lie a constant way off the city.
void warn_of_odd_zones(const Landscape& landscape, AuditLog& audit);

// How many people on the grid live outside the city, where some do.
void note_people_beyond_city(const ZonePeople& people, const std::vector<PeopleAccount>& accounts, AuditLog& audit);

}  // namespace urbiome
