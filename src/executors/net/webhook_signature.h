// Standard Webhooks signatures: how a receiver knows that a call is ours and new. Pure functions.
//
// Source: Standard Webhooks specification, symmetric signatures (`v1`), HMAC-SHA256.
#pragma once

#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"

namespace carillon {

// The key bytes of a secret: base64 behind `whsec_`, else the text as it is.
//
// Errors  invalid_value  not base64, or fewer than 16 bytes; the message does not repeat the secret
Result<std::string> webhook_key(std::string_view secret);

// The value of the `webhook-signature` header: `v1,<base64>` over `id.seconds.body`.
std::string webhook_signature(std::string_view key, std::string_view id, Instant at,
                              std::string_view body);

std::string to_base64(std::string_view bytes);

}  // namespace carillon
