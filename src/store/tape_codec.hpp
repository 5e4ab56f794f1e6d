#pragma once

#include <optional>

#include "core/effect.hpp"
#include "core/event.hpp"
#include "store/bytes.hpp"

namespace plumb::store {

/// Appends an event as the tape holds it: a tag, then every field in the order of its declaration.
void write_event(ByteWriter& out, const Event& event);
/// Nothing when the bytes are no event, or more than one.
std::optional<Event> read_event(std::string_view bytes);

/// Appends every field of an effect, for digests: two effects are the same exactly when these bytes are.
void write_effect(ByteWriter& out, const Effect& effect);

}  // namespace plumb::store
