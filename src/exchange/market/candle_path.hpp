#pragma once

#include "exchange/market/price_path.hpp"
#include "exchange/market/recording.hpp"

namespace plumb::exchange::market {

/// The price of a name that only bars were recorded of: the line through each bar's four prices. The house
/// quotes around it and trades as much as the bars say; the prints themselves are made up.
class CandlePath : public PricePath {
 public:
    /// Both outlive it; `name` has bars.
    CandlePath(const RecordedName& name, const RecordedMinutes& minutes);

    double mid(Timestamp time) override;
    void walk_to(Timestamp) override {}
    Manner manner() const override { return manner_; }
    bool visit(MinuteNumber from, MinuteNumber to, MinuteVisitor& visitor) const override {
        return minutes_.visit(from, to, visitor);
    }

 private:
    const RecordedName& name_;
    const RecordedMinutes& minutes_;
    Manner manner_;
};

}  // namespace plumb::exchange::market
