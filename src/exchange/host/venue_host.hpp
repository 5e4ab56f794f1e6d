#pragma once

#include <map>
#include <optional>
#include <variant>

#include "exchange/host/frame_path.hpp"
#include "exchange/host/host.hpp"
#include "exchange/host/request_plan.hpp"

namespace plumb::exchange {

/// The one Host there is.
class VenueHost final : public Host, private Outlet {
 public:
    VenueHost(const VenueEntry& entry, HostOptions options, HostDoors doors);

    /// Once: markets, accounts, keys, the others in the market, the protocol, the script.
    Status open_venue(World& world);

    std::string_view venue() const override { return entry_.name; }
    const std::vector<ApiAccess>& access() const override { return access_; }
    std::optional<Delivery> on_head(ConnectionId connection, const Request& head, Timestamp now) override;
    HostAnswer answer(ConnectionId connection, const Request& request, Timestamp now) override;
    std::expected<StreamOpening, HostAnswer> open(ConnectionId connection, StreamId stream,
                                                  const Request& request, Timestamp now) override;
    void on_message(StreamId stream, std::string_view bytes, bool is_binary, Timestamp now) override;
    void on_pong(StreamId stream, Timestamp now) override;
    void on_slow(StreamId stream, Timestamp now) override;
    void on_closed(StreamId stream, Timestamp now) override;
    void advance(Timestamp now) override;
    Timestamp next_due() const override;
    VenueModel& model() override { return model_; }
    Status apply(std::string_view action, Timestamp now) override;

    // --- for the control endpoint --------------------------------------------------------------------------
    FaultMachine& faults() { return faults_; }
    const FramePath& frames() const { return frames_; }
    const std::map<OrderNumber, OrderRecord>& open_orders() const { return open_orders_; }
    const TruthLog& truth() const { return doors_.truth; }
    SimulatedClock* clock() { return doors_.clock; }
    std::uint64_t add_rule(FaultRule rule);
    bool remove_rule(std::uint64_t id);
    Timestamp now() const { return now_; }
    Timestamp venue_now() const { return venue_now_; }
    const HostOptions& options() const { return options_; }
    Status perform_all(const std::vector<VenueAction>& actions);

 private:
    /// Part of a fill that comes later.
    struct FillPart {
        OrderNumber order = 0;
        Quantity quantity;
        std::optional<Price> price;
    };
    /// Streams are read and written again.
    struct EndStall {};
    using Later = std::variant<VenueAction, FillPart, EndStall>;

    // Outlet
    void send(StreamId stream, const Frame& frame) override { frames_.send(stream, frame); }
    void send_all(std::span<const StreamId> streams, const Frame& frame) override {
        frames_.send_all(streams, frame);
    }
    void ping(StreamId stream, std::string_view payload) override { doors_.streams.ping(stream, payload); }
    void close(StreamId stream, std::uint16_t code, std::string_view reason) override;

    void set_now(Timestamp now);
    void step(Timestamp now);
    /// Shows what happened in the model to market, truth log and protocol, until nothing more happens.
    void pump();
    void note_order_rules(std::span<const ModelEvent> events, std::vector<VenueAction>& actions);
    void perform_due_rules();
    void perform_actions_of(const std::vector<RuleState*>& rules);
    void keep_open_orders(const OrderRecord& record);
    void run_later();

    HostAnswer answer_control(ConnectionId connection, const Request& request);
    HostAnswer answer_client(ConnectionId connection, const Request& request);
    std::vector<RuleState*> rules_for(const Request& request, RequestKind kind, bool is_head);
    std::uint64_t note_request(ConnectionId connection, const Request& request, RequestKind kind);
    void note_request_faults(const std::vector<RuleState*>& rules, std::uint64_t request);
    void note_answer(std::uint64_t number, RequestKind kind, const Response& response,
                     const RequestPlan& plan);
    Response refused_or_done(const Request& request, const RequestPlan& plan);
    void fill_for(const Request& request, std::optional<OrderNumber> order, Decimal fraction);
    std::string account_name(AccountId account) const;
    void end_stream(StreamId stream, StreamTrouble trouble);

    // What a fault script asks for (venue_actions.cpp). Each gives an error where it names what is not there.
    Status perform(const VenueAction& action);
    Status perform(const FillOrder& fill);
    Status perform(const CancelByVenue& cancel);
    Status perform(const SetStatus& change);
    Status perform(const Delist& delist);
    Status perform(const Transfer& transfer);
    Status perform(const ManualOrder& order);
    Status perform(const Liquidate& liquidate);
    Status perform(const ExpireStreamKeys&);
    Status perform(const Disconnect& disconnect);
    Status perform(const StopData& stop);
    Status perform(const ResumeData&);
    Status perform(const StallStreams& stall);
    Status perform(const RefuseStreams& refuse);
    Status perform(const SetLag& lag);
    Status perform(const SetClock& clock);
    Status perform(const SetDeadMan& dead_man);
    Status perform(const SetMark& mark);
    Status perform(const SetFunding& funding);
    Status perform(const SetFees& fees);
    Status perform(const SetIdRule& rule);
    Status fill_now(OrderNumber order, std::optional<Price> price, Quantity quantity);
    Result<AccountId> find_account(const std::string& name) const;
    Result<InstrumentId> find_instrument(const std::string& name) const;
    Result<std::vector<InstrumentId>> find_instruments(const std::string& name) const;
    Result<OrderRecord> find_order(const OrderChoice& choice) const;

    const VenueEntry& entry_;
    HostOptions options_;
    HostDoors doors_;
    VenueModel model_;
    std::unique_ptr<VenueMarket> market_;
    std::unique_ptr<Protocol> protocol_;
    std::vector<ApiAccess> access_;
    FaultMachine faults_;
    TruthWriter truth_;
    FramePath frames_;
    std::multimap<Timestamp, Later> later_;
    std::map<OrderNumber, OrderRecord> open_orders_;  // of clients, as they are now: no lag of views
    std::uint64_t requests_ = 0;
    int depth_ = 0;
    Duration clock_offset_{};
    Timestamp now_;
    Timestamp venue_now_;
    Timestamp next_tick_;
};

}  // namespace plumb::exchange
