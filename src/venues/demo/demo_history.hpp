#pragma once

#include "ports/history_source.hpp"
#include "venues/demo/demo_spec.hpp"

namespace plumb::venues::demo {

/// The simulated market's past: bars of mid prices that closed at or before live_start, from the very ticks
/// that the feed would have given, so that the feed's bars continue them. Nothing is stored: each call walks
/// the name's path again, about 1 us a minute of market time.
class DemoHistory : public HistorySource {
 public:
    /// `spec` has passed check().
    explicit DemoHistory(DemoSpec spec) : spec_{std::move(spec)} {}

    Result<std::vector<std::string>> names() override;
    /// Errc::not_found names the nearest thing on offer, Errc::unsupported for a length that is no multiple
    /// of the tick; zero asks for spec.bar_length. Bars that began before spec.start are absent.
    Result<BarHistory> bars(const std::string& name, Duration length, Timestamp from, Timestamp to) override;

    const DemoSpec& spec() const { return spec_; }

 private:
    DemoSpec spec_;
};

}  // namespace plumb::venues::demo
