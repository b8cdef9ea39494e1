// Streets of an OSM PBF: the ways that can be walked, and where their nodes are. For io's own sources.
//
// The file is gone through twice, block by block on threads: for the ways, and for the nodes that they use.
#pragma once

#include "urbiome/base/on_threads.h"
#include "urbiome/io/street_reader.h"
#include "urbiome/io/walkable.h"

namespace urbiome {

StreetLayer read_osm_streets(const std::string& path, const WalkableTable& table, const OnThreads& on_threads);

}  // namespace urbiome
