// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Laws} from "./Laws.sol";
import {Reach} from "./Reach.sol";
import {Stage} from "./Stage.sol";

/// @dev The runner knows only contracts that stand beside the test.
contract Registrars is Reach {}

/// @dev Each invariant is a campaign of its own: other stories, the same laws.
contract RegistryInvariants {
    /// @dev What came otherwise than predicted.
    error Surprised(Stage.Surprise surprise);

    /// @dev By their bits in {Laws-broken}.
    error Broken(uint256 laws);

    /// @dev By its place in {Reach-reached}.
    error Unreached(uint256 index);

    uint256 private constant STORIES = 20;
    uint256 private constant STEPS = 400;

    Registrars private _handler;

    function setUp() public {
        _handler = new Registrars();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// @dev A runner that calls nothing, or only what is refused, proves nothing.
    function afterInvariant() public view {
        require(_handler.calls() >= 100, "hardly called");
        require(_handler.done() * 5 >= _handler.calls(), "hardly anything was done");
    }

    /// @dev The same stories each time, long enough that no act and no refusal is missing.
    function test_StoriesReachEveryActAndEveryRefusal() public {
        bool[] memory came = _handler.reached();
        for (uint256 story = 0; story < STORIES; ++story) {
            bool[] memory now_ = _tell(new Registrars(), story);
            for (uint256 index = 0; index < came.length; ++index) came[index] = came[index] || now_[index];
        }
        for (uint256 index = 0; index < came.length; ++index) if (!came[index]) revert Unreached(index);
    }

    function invariant_CallsSucceedOrFailAsTheModelSays() public view {
        if (_handler.surprises() != 0) revert Surprised(_handler.surprise());
    }

    function invariant_PagesAreWhatTheModelHolds() public view {
        require(_handler.agreesOnPages(), "pages");
    }

    function invariant_RecordsAreWhatTheModelHolds() public view {
        require(_handler.agreesOnRecords(), "records");
    }

    function invariant_NoticesAreWhatTheModelHolds() public view {
        require(_handler.agreesOnNotices(), "notices");
    }

    function invariant_KeysAreWhatTheModelHolds() public view {
        require(_handler.agreesOnKeys(), "keys");
    }

    function invariant_PowerIsWhereTheModelHasIt() public view {
        require(_handler.agreesOnPower(), "power");
    }

    function invariant_RevokedBitsOnlyGrow() public view {
        holds(Laws.Law.RevokedBitsOnlyGrow);
    }

    function invariant_AmendedBitsOnlyGrow() public view {
        holds(Laws.Law.AmendedBitsOnlyGrow);
    }

    function invariant_SuspendedLeavesAreAmended() public view {
        holds(Laws.Law.SuspendedIsAmended);
    }

    function invariant_AnAnchoredBatchStaysAsItIs() public view {
        holds(Laws.Law.AnchorStays);
    }

    function invariant_VoidIsFinal() public view {
        holds(Laws.Law.VoidIsFinal);
    }

    function invariant_AVoidedBatchIsNeverAnchored() public view {
        holds(Laws.Law.VoidIsNeverAnchored);
    }

    function invariant_NumbersHaveNoGapsAndEachIdOne() public view {
        holds(Laws.Law.NumbersHaveNoGaps);
    }

    function invariant_AKeyStaysWithItsIssuer() public view {
        holds(Laws.Law.KeyStaysWithItsIssuer);
    }

    function invariant_AWindowOnlyShrinks() public view {
        holds(Laws.Law.WindowOnlyShrinks);
    }

    function invariant_ACompromiseOnlyMovesEarlier() public view {
        holds(Laws.Law.CompromiseOnlyMovesEarlier);
    }

    function invariant_NoncesCountWhatWasRelayed() public view {
        require(_handler.agreesOnNonces(), "nonces");
    }

    function invariant_APauseStopsWhatCreatesOrProlongs() public view {
        holds(Laws.Law.PauseStopsCreation);
    }

    function invariant_NothingStopsARevocation() public view {
        holds(Laws.Law.NothingStopsRevocation);
    }

    function invariant_GovernanceAloneCreatesNothing() public view {
        holds(Laws.Law.GovernanceCreatesNothing);
    }

    function invariant_OnlyAnActiveIssuerCreates() public view {
        holds(Laws.Law.OnlyActiveIssuersCreate);
    }

    function invariant_AnEndIsFinal() public view {
        holds(Laws.Law.EndIsFinal);
    }

    function invariant_FlagsFollowARecoveryFor90Days() public view {
        holds(Laws.Law.FlagsFollowRecovery);
    }

    function _tell(Registrars handler, uint256 story) private returns (bool[] memory) {
        bytes4[] memory handlers = handler.handlers();
        for (uint256 step = 0; step < STEPS; ++step) {
            uint256 seed = uint256(keccak256(abi.encode(story, step)));
            (bool ok, ) = address(handler).call(abi.encodeWithSelector(handlers[seed % handlers.length], seed));
            require(ok, "a handler reverts");
            if (handler.broken() != 0) revert Broken(handler.broken());
            if (handler.surprises() != 0) revert Surprised(handler.surprise());
        }
        require(handler.agreesOnPages() && handler.agreesOnRecords() && handler.agreesOnNotices(), "readings");
        require(handler.agreesOnKeys() && handler.agreesOnNonces() && handler.agreesOnPower(), "keys and power");
        return handler.reached();
    }

    function holds(Laws.Law law) private view {
        require(_handler.broken() & (1 << uint256(law)) == 0, "broken");
    }
}
