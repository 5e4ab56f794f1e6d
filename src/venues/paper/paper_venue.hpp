#pragma once

#include <vector>

#include "core/instrument.hpp"
#include "ports/execution_venue.hpp"
#include "ports/trading_record.hpp"
#include "venues/paper/fill_model.hpp"

namespace plumb::venues::paper {

/// A venue without money: takes approved orders, fills them against the market it is shown under a fee
/// schedule, a bid-ask and slippage model, latency and partial fills, and refuses what a venue would refuse.
/// Deterministic: no clock, no randomness. It remembers nothing across a restart; restore() gives it back
/// what the trading record knows, and an order then fills exactly as if nothing had happened.
class PaperVenue : public SimulatedVenue {
 public:
    PaperVenue(PaperCosts costs, const InstrumentTable& instruments);

    Status submit(const ApprovedOrder& order, Timestamp now) override;
    Status cancel(ClientOrderId order, InstrumentId instrument, Timestamp now) override;
    void on_market(const Event& event) override;
    bool take_answer(Event& answer) override;

    /// Takes back working orders and positions, which it keeps nowhere but in the record. An order that was
    /// recorded and has had no answer yet may never have arrived: it is taken or refused as if it came now.
    void restore(const RecordedState& state);

 private:
    void fill(RestingOrder& order, const ProposedFill& proposed, Timestamp now);
    void accept(const OrderRequest& order, Timestamp now);
    void refuse(const OrderRequest& order, std::string_view reason, Timestamp now);
    void end(const OrderRequest& order, OrderState state, Timestamp now);
    const char* why_not(const OrderRequest& order) const;
    void push(const Event& answer);

    static constexpr std::size_t kAnswersReserve = 256;

    PaperCosts costs_;
    const InstrumentTable& instruments_;
    std::vector<RestingOrder> orders_;
    std::vector<Quantity> positions_;
    std::vector<Event> answers_;  // a ring that grows only when full
    std::size_t answers_first_ = 0;
    std::size_t answers_count_ = 0;
};

}  // namespace plumb::venues::paper
