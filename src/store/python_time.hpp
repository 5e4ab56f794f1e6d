#pragma once

#include <string>
#include <string_view>

#include "base/time.hpp"

namespace plumb::store {

/// As Python's datetime.isoformat() writes an aware UTC time: "2026-01-08T20:22:32.595865+00:00", the
/// fraction left out when it is zero. Cut to microseconds: Python before 3.11 reads no finer ones.
std::string to_python_iso(Timestamp time);

/// Whether a time text says which zone it is in (Z or an offset). The earlier programs wrote local times
/// without one; we read those as UTC and say so.
bool has_utc_offset(std::string_view time);

}  // namespace plumb::store
