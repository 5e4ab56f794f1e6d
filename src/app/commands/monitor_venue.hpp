#pragma once

#include "app/exit_status.hpp"
#include "app/settings.hpp"
#include "app/streams.hpp"
#include "base/result.hpp"

namespace plumb::app {

/// `plumb monitor` over a live venue: prices, their ages, LIVE or STALE, reconnects; trades nothing.
Result<ExitStatus> monitor_venue(const Settings& settings, const Streams& streams);

}  // namespace plumb::app
