#pragma once

#include <vector>

#include "core/instrument.hpp"
#include "wire/wire_event.hpp"

namespace plumb::venues::coinbase {

/// What a product takes now, as its listing says.
struct Grid {
    wire::Listing listing;
    bool known = false;
    bool limit_only = false;
    bool post_only = false;
    bool cancel_only = false;
};

/// Grids by instrument.
class GridTable {
 public:
    void set(InstrumentId instrument, const Grid& grid) {
        if (grids_.size() <= instrument.value) grids_.resize(instrument.value + 1);
        grids_[instrument.value] = grid;
    }
    /// Null before the listings were read.
    const Grid* find(InstrumentId instrument) const {
        return instrument.value < grids_.size() && grids_[instrument.value].known ? &grids_[instrument.value]
                                                                                  : nullptr;
    }

 private:
    std::vector<Grid> grids_;
};

/// Everything that the venue would refuse an order for, and that can be known here (E15, E19). With no grid
/// yet the instrument's own stands in. Errc::denied with the venue's reason in plain words, Errc::unsupported
/// for types and times in force it has not.
Status check_order(const OrderRequest& order, const Instrument& instrument, const Grid* grid);

}  // namespace plumb::venues::coinbase
