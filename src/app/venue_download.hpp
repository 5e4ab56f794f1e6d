#pragma once

#include <span>
#include <string>
#include <vector>

#include "app/download_progress.hpp"
#include "app/venue_session.hpp"
#include "core/time_spans.hpp"
#include "store/bar_archive.hpp"

namespace plumb::app {

/// Which bars are to be in the archive.
struct DownloadOrder {
    std::vector<std::string> names;  // "BTC/USD"
    Duration length{};               // one that the venue offers
    TimeSpan wanted;
    bool names_are_the_users = true;  // then a name that the venue does not know is an error
};

/// What came of it.
struct DownloadOutcome {
    std::vector<std::string> unknown;  // left out: the venue does not have them after all
    std::size_t bars = 0, questions = 0;
};

/// Brings the archive up to date, several instruments at once, within the venue's limits. What came before a
/// failure or Ctrl+C is stored, and asked for no more. Takes a lock on the archive meanwhile: Errc::locked
/// names the other process.
Result<DownloadOutcome> download_bars(VenueSession& session, const store::BarArchive& archive,
                                      const DownloadOrder& order, DownloadProgress& progress);

}  // namespace plumb::app
