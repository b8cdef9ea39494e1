// Owners of PROJ's objects, for this module's own sources: contexts that are silent, off line and private.
#pragma once

#include <memory>

#include <proj.h>

namespace urbiome {

struct ProjDestroy {
  void operator()(PJ* pj) const { proj_destroy(pj); }
  void operator()(PJ_CONTEXT* context) const { proj_context_destroy(context); }
};
using ProjContext = std::unique_ptr<PJ_CONTEXT, ProjDestroy>;
using ProjObject = std::unique_ptr<PJ, ProjDestroy>;

// Never prints, never asks the network for grids.
ProjContext new_proj_context();

}  // namespace urbiome
