// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title The departments that issue
/// @notice Governance admits, suspends and ends them. It can never act for one: keys, credential types, batches and
/// status belong to the department's own admin and keys. An admin hands its place over in two steps; for one that is lost
/// or stolen there is {IRecovery}.
interface IIssuers {
    /// @notice `None` is an issuer that was never admitted. `Ended` is for ever.
    enum IssuerState {
        None,
        Active,
        Suspended,
        Ended
    }

    /// @notice `issuer` may administer itself through `admin`. `profile` is the SHA-256 of its profile file.
    event IssuerAdmitted(uint32 indexed issuer, address admin, bytes32 profile);

    /// @notice `issuer` creates nothing new until it is reinstated. What it issued before stays as it is.
    event IssuerSuspended(uint32 indexed issuer);

    /// @notice `issuer` is active again.
    event IssuerReinstated(uint32 indexed issuer);

    /// @notice `issuer` creates nothing new any more; its functions went to `successor` (0 = to nobody here).
    event IssuerEnded(uint32 indexed issuer, uint32 successor);

    /// @notice The admin of `issuer` offers its place to `admin` (zero: to nobody any more).
    event AdminTransferOffered(uint32 indexed issuer, address admin);

    /// @notice `to` took over the place of the admin of `issuer`, which `from` had offered.
    event AdminTransferred(uint32 indexed issuer, address from, address to);

    /// @dev The admin of `issuer` does not offer its place to `account`.
    error AdminTransferNotOffered(uint32 issuer, address account);

    /// @dev Nobody could act as the admin of this issuer.
    error IssuerInvalidAdmin(address admin);

    /// @dev A profile hash of zero names no file.
    error IssuerInvalidProfile(bytes32 profile);

    /// @dev The successor is not another, active issuer.
    error IssuerInvalidSuccessor(uint32 issuer, uint32 successor);

    /// @dev An issuer in the state `from` cannot come to the state `to`.
    error IssuerInvalidTransition(uint32 issuer, IssuerState from, IssuerState to);

    /// @dev Only an active issuer creates power: keys, credential types, batches.
    error IssuerNotActive(uint32 issuer, IssuerState state);

    /// @dev `account` is not the admin of `issuer`.
    error IssuerUnauthorizedAdmin(uint32 issuer, address account);

    /// @notice Admits a department and gives it the next number, from 1 without gaps.
    ///
    /// Requirements:
    ///
    /// - the caller is the governance, and the registry is not paused.
    /// - `admin` (an account or a contract) and `profile` are not zero.
    ///
    /// Emits an {IssuerAdmitted} event.
    function admitIssuer(address admin, bytes32 profile) external returns (uint32 issuer);

    /// @notice Stops an issuer from creating anything new: keys, credential types, batches. Nothing that it issued
    /// before loses its force, and its keys can still revoke, suspend and reinstate.
    ///
    /// Requirements:
    ///
    /// - the caller is the governance.
    /// - `issuer` is active.
    ///
    /// Emits an {IssuerSuspended} event.
    function suspendIssuer(uint32 issuer) external;

    /// @notice Lifts a suspension.
    ///
    /// Requirements:
    ///
    /// - the caller is the governance, and the registry is not paused.
    /// - `issuer` is suspended.
    ///
    /// Emits an {IssuerReinstated} event.
    function reinstateIssuer(uint32 issuer) external;

    /// @notice Ends an issuer for ever and names the department that took over, if one did. The keys of that one may then
    /// revoke and suspend what the issuer issued and name successors for it, but prolong nothing.
    ///
    /// Requirements:
    ///
    /// - the caller is the governance.
    /// - `issuer` is active or suspended.
    /// - `successor` is 0 or another issuer that is active.
    ///
    /// Emits an {IssuerEnded} event.
    function endIssuer(uint32 issuer, uint32 successor) external;

    /// @notice Offers the admin's place to another account; zero withdraws the offer. The last offer counts.
    ///
    /// Requirements:
    ///
    /// - the caller is the admin of `issuer`, in whatever state the issuer is.
    ///
    /// Emits an {AdminTransferOffered} event.
    function transferAdmin(uint32 issuer, address newAdmin) external;

    /// @notice Takes the admin's place that was offered.
    ///
    /// Requirements:
    ///
    /// - the caller is the account to which the admin of `issuer` offers its place.
    /// - the registry is not paused.
    ///
    /// Emits an {AdminTransferred} event.
    function acceptAdmin(uint32 issuer) external;

    /// @notice Who administers `issuer`, and to whom it offers its place (zero: to nobody).
    function adminOf(uint32 issuer) external view returns (address admin, address offered);

    /// @notice How many issuers were admitted; the last one's number.
    function issuerCount() external view returns (uint32);
}
