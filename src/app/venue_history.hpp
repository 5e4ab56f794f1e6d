#pragma once

#include <memory>
#include <string_view>

#include "app/settings.hpp"
#include "app/streams.hpp"
#include "ports/history_source.hpp"

namespace plumb::app {

/// A live venue's past. What is asked for and not in the workspace's archive is downloaded into it
/// (data/archive/source=<venue>), within the venue's rate limits, several instruments at once; then it is
/// read back from there. A second run asks for what is new only. Beside each file of bars lies what was asked
/// and answered, so that a gap of the venue and a gap of ours are told apart; nothing is filled in, and the
/// candle in hand is never stored.
///
/// Ctrl+C and a failure keep what came and say so (Errc::network, or the error of VenueSession::ask).
/// Errc::unsupported for a bar length that the venue neither offers nor can be made of what it offers, naming
/// those. Without a `from`, history begins --days ago.
///
/// @param people  where progress is shown: one line redrawn on a terminal, else a line per instrument; null,
///                --quiet and --json: nowhere
Result<std::unique_ptr<HistorySource>> open_venue_history(const Settings& settings, std::string_view venue,
                                                          const Streams* people);

}  // namespace plumb::app
