// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title The recovery of an admin that is lost or stolen
/// @notice The one way by which governance comes to power over a department, and therefore in public and late: a proposal
/// can be executed 14 days after it was made; 60 days after, where the admin objects. An objection delays and does not
/// stop, or whoever stole an admin would keep it for ever. Batches that the department anchors in the 90 days after
/// a recovery are flagged for ever.
interface IRecovery {
    /// @notice `admin` is to administer `issuer`, from `executableFrom` on.
    event RecoveryProposed(uint32 indexed issuer, address admin, uint40 executableFrom);

    /// @notice The admin of `issuer` objects: the recovery waits until `executableFrom`.
    event RecoveryObjected(uint32 indexed issuer, uint40 executableFrom);

    /// @notice The governance takes its proposal back.
    event RecoveryWithdrawn(uint32 indexed issuer);

    /// @notice `to` administers `issuer` in the place of `from`. Whatever offer `from` had made is withdrawn.
    event RecoveryExecuted(uint32 indexed issuer, address from, address to);

    /// @dev The admin has objected to this proposal already.
    error RecoveryAlreadyObjected(uint32 issuer);

    /// @dev One proposal at a time.
    error RecoveryAlreadyProposed(uint32 issuer);

    /// @dev There is no such issuer.
    error RecoveryIssuerUnknown(uint32 issuer);

    /// @dev Nothing is proposed for this issuer.
    error RecoveryNotProposed(uint32 issuer);

    /// @dev The proposal can be executed from `executableFrom` on.
    error RecoveryTooEarly(uint32 issuer, uint40 now_, uint40 executableFrom);

    /// @notice Proposes another admin for an issuer, in whatever state it is: an ended one has keys to end and batches to
    /// void. A transfer of the admin's place meanwhile changes nothing about the proposal.
    ///
    /// Requirements:
    ///
    /// - the caller is the governance.
    /// - `issuer` was admitted, and nothing is proposed for it.
    /// - `newAdmin` is not zero.
    ///
    /// Emits a {RecoveryProposed} event.
    function proposeRecovery(uint32 issuer, address newAdmin) external;

    /// @notice Objects to the proposal, which then waits until 60 days after it was made.
    ///
    /// Requirements:
    ///
    /// - the caller is the admin of `issuer`.
    /// - something is proposed, and no admin has objected to it yet.
    ///
    /// Emits a {RecoveryObjected} event.
    function objectToRecovery(uint32 issuer) external;

    /// @notice Takes the proposal back.
    ///
    /// Requirements:
    ///
    /// - the caller is the governance.
    /// - something is proposed.
    ///
    /// Emits a {RecoveryWithdrawn} event.
    function withdrawRecovery(uint32 issuer) external;

    /// @notice Makes the proposed account the admin. Anybody may.
    ///
    /// Requirements:
    ///
    /// - something is proposed, and its time has come.
    /// - the registry is not paused.
    ///
    /// Emits a {RecoveryExecuted} event.
    function executeRecovery(uint32 issuer) external;

    /// @notice What is proposed for `issuer` (all zero where nothing is), and when it was last recovered (0: never).
    function recoveryOf(
        uint32 issuer
    ) external view returns (address admin, uint40 executableFrom, bool objected, uint40 recoveredAt);
}
