#pragma once

#include <string_view>

#include "base/result.hpp"

namespace plumb::store {

/// Tells a torn end of an SQLite write-ahead log from damage in its middle.
///
/// SQLite cuts the log at the first frame whose checksum is wrong and says nothing: right for the last
/// transaction, which a crash may have left half written and nobody was told of; wrong for an earlier one,
/// which was acknowledged. A commit is synced before the next one is written, so sound frames of a later
/// transaction behind a bad frame mean damage.
///
/// Errc::corrupt names the frame. Format: sqlite.org/fileformat2.html section 4. Cost: one pass over the
/// bytes.
Status check_wal(std::string_view bytes);

}  // namespace plumb::store
