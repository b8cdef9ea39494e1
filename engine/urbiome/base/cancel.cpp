#include "urbiome/base/cancel.h"

#include "urbiome/base/error.h"

namespace urbiome {
namespace {

thread_local const CancelToken* t_token = nullptr;

}  // namespace

CancelScope::CancelScope(const CancelToken* token) noexcept : before_(t_token) {
  if (token != nullptr) t_token = token;
}

CancelScope::~CancelScope() { t_token = before_; }

bool cancelled() noexcept { return t_token != nullptr && t_token->cancelled(); }

void stop_if_cancelled() {
  if (cancelled()) throw Error(ErrorCode::cancelled, kStopped);
}

}  // namespace urbiome
